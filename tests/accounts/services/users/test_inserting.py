"""Any number of users in chunks, inside one transaction: what an upload does."""

from collections.abc import Iterator, Sequence

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.passwords import GeneratedPasswordHasher, canonical, make_passwords
from accounts.services.credentials import slips_of
from accounts.services.users import License, NamesTaken, NewUser, write_users
from accounts.services.users.inserting import ADDED
from accounts.sorting import sort_key
from customers.actions import Action
from customers.errors import Refused
from customers.models import AuditEvent, Batch, BatchKind, BatchState
from customers.roles import Role
from customers.services.batches import finish_batch, open_batch
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast


def users(cast: Cast, number: int, *subscriptions: Subscription) -> list[NewUser]:
    domain = cast.contoso.domains.get()
    licenses = tuple(License(row.pk) for row in subscriptions)
    fields = {"usage_location": "DE", "city": "Köln"}
    return [
        NewUser(f"P{n}", domain, f"Ångström {n}", fields, licenses=licenses) for n in range(number)
    ]


def upload(
    cast: Cast, new: Sequence[NewUser], size: int = 10, actor: User | None = None
) -> tuple[Batch, CredentialSheet]:
    """In chunks of that size, read one after the other."""

    def chunks() -> Iterator[Sequence[NewUser]]:
        for at in range(0, len(new), size):
            yield new[at : at + size]

    actor = actor or cast.alice
    with transaction.atomic():
        batch = open_batch(BatchKind.UPLOAD, actor=actor, customer=cast.contoso)
        sheet = write_users(
            chunks(), total=len(new), customer=cast.contoso, actor=actor, batch=batch
        )
        assert sheet is not None
        return finish_batch(batch), sheet


def nobody_was_added() -> bool:
    return not (
        User.objects.filter(username__startswith="p").exists() or CredentialSheet.objects.exists()
    )


# From 200 rows a chunk is written as a set.
@pytest.mark.parametrize(("number", "size"), [(25, 10), (520, 260), (3, 5000)])
def test_every_user_is_there_whatever_the_chunks(cast: Cast, number: int, size: int) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=number)
    batch, sheet = upload(cast, users(cast, number, teams), size)
    added = User.objects.filter(changed_by_batch=batch).order_by("pk")
    assert [user.user_name for user in added] == [f"P{n}@contoso.example" for n in range(number)]
    assert {(str(user.usage_location), user.city) for user in added} == {("DE", "Köln")}
    assert {user.sort_name for user in added} == {
        sort_key(user.display_name, cast.contoso.country.code) for user in added
    }
    teams.refresh_from_db()
    assert teams.assigned == number
    assert (batch.state, batch.done, batch.failed, batch.total) == (
        BatchState.DONE,
        number,
        0,
        number,
    )
    assert list(batch.items.values_list("after", flat=True)) == [ADDED] * number
    assert [slip.user_id for slip in slips_of(sheet)] == [user.pk for user in added]
    assert sheet.users == number
    assert violations() == []


def test_the_log_has_one_line_for_all_chunks(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=25)
    batch, _sheet = upload(cast, users(cast, 25, teams))
    events = AuditEvent.objects.filter(batch_id=batch.pk)
    assert events.filter(action=Action.USER_ADDED).count() == 25
    assert events.filter(action=Action.LICENSE_ASSIGNED).count() == 25
    lines = events.exclude(stands_for=None)
    assert list(lines.values_list("action", "stands_for")) == [(Action.USER_ADDED, 25)]


def test_many_have_long_passwords_with_the_fast_hash_each_their_own(
    cast: Cast, settings: Settings
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 5
    _batch, sheet = upload(cast, users(cast, 12))
    stored = dict(User.objects.values_list("pk", "password"))
    slips = list(slips_of(sheet))
    for slip in slips:
        assert len(canonical(slip.password)) == 24
        assert stored[slip.user_id].startswith(GeneratedPasswordHasher.algorithm)
        assert User.objects.get(pk=slip.user_id).check_password(canonical(slip.password))
    assert len({slip.password for slip in slips}) == 12


def test_few_are_given_the_passwords_that_were_made_before(cast: Cast) -> None:
    new = users(cast, 3)
    made = make_passwords(3, 3)
    batch = open_batch(BatchKind.UPLOAD, actor=cast.alice, customer=cast.contoso)
    sheet = write_users(
        [new[:2], new[2:]],
        total=3,
        customer=cast.contoso,
        actor=cast.alice,
        batch=batch,
        passwords=made,
    )
    assert sheet is not None
    assert [slip.password for slip in slips_of(sheet)] == [each.plain for each in made]
    stored = User.objects.filter(changed_by_batch=batch).order_by("pk")
    assert [user.password for user in stored] == [each.stored for each in made]
    assert repr(made[0]) == "Password()"


def test_seats_that_run_short_are_counted_for_all_chunks(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=15)
    with pytest.raises(SeatsShort) as short:
        upload(cast, users(cast, 40, teams))
    assert short.value.missing == {teams.pk: 25}
    assert nobody_was_added()
    assert violations() == []


def test_a_name_that_comes_twice_is_found_in_another_chunk_too(cast: Cast) -> None:
    new = users(cast, 25)
    with pytest.raises(NamesTaken) as taken:
        upload(cast, [*new, new[3]])
    assert taken.value.names == ["p3@contoso.example"]
    assert nobody_was_added()


@pytest.mark.parametrize(
    ("spoil", "refusal"),
    [
        ({"status": SubscriptionStatus.SUSPENDED}, NotActive),
        ({"customer": "northwind"}, Refused),
        ({"product": "barred"}, RulesBroken),
    ],
)
def test_a_license_that_may_not_be_stops_all(
    cast: Cast, spoil: dict[str, str], refusal: type[Refused]
) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=25)
    values: dict[str, object] = dict(spoil)
    if "customer" in spoil:
        values = {"customer": cast.northwind}
    if "product" in spoil:
        values = {"product": ProductFactory.create(blocked_countries=["DE"])}
    Subscription.objects.filter(pk=teams.pk).update(**values)
    with pytest.raises(refusal):
        upload(cast, users(cast, 25, teams))
    assert nobody_was_added()


def test_a_user_who_may_not_add_users_is_refused(cast: Cast) -> None:
    for actor in (cast.bob, cast.sally):
        with pytest.raises(Refused):
            upload(cast, users(cast, 3), actor=actor)
    assert nobody_was_added()


def test_roles_are_given_in_every_chunk(cast: Cast) -> None:
    roles = (Role.BILLING_ADMIN, Role.USER_ADMIN)
    new = [
        NewUser(one.local_part, one.domain, "P", roles=roles if n % 2 else ())
        for n, one in enumerate(users(cast, 25))
    ]
    batch, _sheet = upload(cast, new)
    found = User.objects.with_roles().filter(changed_by_batch=batch).order_by("pk")
    assert [user.roles for user in found] == [roles if n % 2 else () for n in range(25)]


@pytest.mark.postgres
def test_a_chunk_asks_as_often_whatever_its_size(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=1000)
    asked = []
    for number in (3, 30):
        new = [
            NewUser(f"{number}-{user.local_part}", user.domain, "P", user.fields, (),
                    user.licenses)
            for user in users(cast, number, teams)
        ]  # fmt: skip
        with CaptureQueriesContext(connection) as captured:
            upload(cast, new, 5000)
        asked.append(len(captured))
    assert asked[0] == asked[1]
