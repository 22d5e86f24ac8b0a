from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.invariants import violations
from accounts.models import User
from accounts.services.credentials import Slip, read_sheet
from accounts.services.users import Added, License, NamesTaken, NewUser, add_users, delete_users
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.models import Batch, BatchState, Outcome
from customers.roles import Role
from licensing.errors import NotActive, RulesBroken, SeatsShort
from licensing.models import LicenseAssignment, SubscriptionStatus
from tests.factories import DomainFactory, ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.support.log import Line, log


def new(cast: Cast, local_part: str = "nora", **rest: object) -> NewUser:
    values = {
        "display_name": local_part.title(),
        "fields": {"usage_location": "US"},
        "domain": cast.contoso.domains.get(is_primary=True),
        **rest,
    }
    return NewUser(local_part=local_part, **values)  # type: ignore[arg-type]


def add(cast: Cast, *users: NewUser, key: str = "") -> Added:
    return add_users(users, customer=cast.contoso, actor=cast.alice, key=key)


def test_user_is_there_with_name_location_and_a_password_that_must_be_changed(cast: Cast) -> None:
    fields = {"first_name": "Nora", "last_name": "Ek", "usage_location": "SE", "city": "Umeå"}
    added = add(cast, new(cast, "Nora.Ek", display_name="Nora Ek", fields=fields))
    user = User.objects.get(pk=added.users[0].pk)
    slips = read_sheet(added.sheet, actor=cast.alice, action=Action.SHEET_SHOWN)
    assert (user.user_name, user.username) == ("Nora.Ek@contoso.example", "nora.ek@contoso.example")
    assert (user.display_name, user.first_name, user.last_name) == ("Nora Ek", "Nora", "Ek")
    assert (str(user.usage_location), user.city) == ("SE", "Umeå")
    assert (user.customer, user.changed_by_batch) == (cast.contoso, added.batch)
    assert user.must_change_password
    assert timezone.now() - user.temporary_password_set_at < timedelta(minutes=1)  # type: ignore[operator]
    assert [(slip.user_id, slip.user_name) for slip in slips] == [(user.pk, user.user_name)]
    assert user.check_password(slips[0].password.replace("-", ""))
    assert violations() == []


def test_roles_and_licenses_are_given_with_the_services_chosen(cast: Cast) -> None:
    product = ProductFactory.create(plans=["MAIL", "CHAT"])
    teams = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)
    both = new(
        cast, roles=(Role.USER_ADMIN, Role.BILLING_ADMIN), licenses=(License(teams.pk, ("CHAT",)),)
    )
    added = add(cast, both)
    user = User.objects.with_roles().get(pk=added.users[0].pk)
    assert user.roles == (Role.BILLING_ADMIN, Role.USER_ADMIN)
    assert added.users[0].roles == user.roles
    held = user.assignments.live().get()
    assert (held.subscription, held.customer, held.services_off) == (teams, cast.contoso, ["CHAT"])
    teams.refresh_from_db()
    assert teams.assigned == 1
    assert violations() == []


def test_the_log_has_a_line_for_each_user_and_each_license(cast: Cast) -> None:
    product = ProductFactory.create(name="Teams", plans=["CHAT"])
    teams = SubscriptionFactory.create(customer=cast.contoso, product=product)
    nora = new(cast, roles=(Role.USER_ADMIN,), licenses=(License(teams.pk, ("CHAT",)),))
    added = add(cast, nora, new(cast, "otto"))
    assert log() == [
        Line("user.added", "Nora (nora@contoso.example)", {"roles": [[], [Role.USER_ADMIN.value]]}),
        Line("user.added", "Otto (otto@contoso.example)"),
        Line(
            "license.assigned",
            "Nora (nora@contoso.example)",
            {"product": "Teams", "services_off": ["CHAT"]},
        ),
    ]
    assert (added.batch.state, added.batch.total, added.batch.done) == (BatchState.DONE, 2, 2)
    items = added.batch.items.order_by("pk").values_list("user", "outcome")
    assert list(items) == [(user.pk, Outcome.DONE) for user in added.users]


@pytest.mark.parametrize("taken", ["uma", "UMA"])
def test_a_name_that_a_living_user_has_adds_nobody(cast: Cast, taken: str) -> None:
    with pytest.raises(NamesTaken, match=r"taken: uma@contoso\.example\. Choose another") as caught:
        add(cast, new(cast), new(cast, taken))
    assert caught.value.names == ["uma@contoso.example"]
    assert caught.value.field == "user_name"
    assert not User.objects.filter(username="nora@contoso.example").exists()
    assert (Batch.objects.count(), log()) == (0, [])


def test_a_name_wanted_twice_adds_nobody(cast: Cast) -> None:
    with pytest.raises(NamesTaken) as caught:
        add(cast, new(cast), new(cast, "Nora"))
    assert caught.value.names == ["nora@contoso.example"]


def test_a_deleted_user_of_that_name_is_no_obstacle(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    added = add(cast, new(cast, "uma"))
    assert User.objects.get(username="uma@contoso.example") == added.users[0]
    assert User.objects.filter(user_name="uma@contoso.example").count() == 2
    assert violations() == []


@pytest.mark.parametrize(
    "local_part, said",
    [
        ("", "letters a to z"),
        (".nora", "can't begin or end with a dot"),
        ("nora@contoso.example", "Leave out the @"),
        ("n" * 65, "up to 64"),
        ("nörä", "latin small letter o with diaeresis"),
    ],
)
def test_an_illegal_name_is_refused_by_the_service_too(
    cast: Cast, local_part: str, said: str
) -> None:
    with pytest.raises(Refused, match=said):
        add(cast, new(cast, local_part))


def test_a_domain_of_another_customer_is_refused(cast: Cast) -> None:
    foreign = DomainFactory.create(customer=cast.northwind)
    with pytest.raises(Refused, match="The domain has been removed"):
        add(cast, new(cast, domain=foreign))


def test_a_domain_removed_meanwhile_is_refused(cast: Cast) -> None:
    gone = DomainFactory.create(customer=cast.contoso)
    user = new(cast, domain=gone)
    type(gone).objects.filter(pk=gone.pk).delete()
    with pytest.raises(Refused, match="The domain has been removed"):
        add(cast, user)


def test_seats_that_run_short_add_nobody_and_say_how_many(cast: Cast) -> None:
    product = ProductFactory.create(name="Teams")
    full = SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=1)
    wanted = (License(full.pk),)
    with pytest.raises(SeatsShort, match=r"^Teams: 2 seats are missing\.$") as caught:
        add(cast, *[new(cast, name, licenses=wanted) for name in ("nora", "otto", "pia")])
    assert caught.value.missing == {full.pk: 2}
    assert cast.contoso.users.count() == 2
    assert violations() == []


def test_a_suspended_subscription_is_refused(cast: Cast) -> None:
    off = SubscriptionFactory.create(customer=cast.contoso, status=SubscriptionStatus.SUSPENDED)
    with pytest.raises(NotActive, match="is suspended: resume it first"):
        add(cast, new(cast, licenses=(License(off.pk),)))


def test_another_customers_subscription_is_refused(cast: Cast) -> None:
    foreign = SubscriptionFactory.create(customer=cast.northwind)
    with pytest.raises(Refused, match="no longer exists"):
        add(cast, new(cast, licenses=(License(foreign.pk),)))


def test_a_service_that_the_product_does_not_have_is_refused(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso)
    with pytest.raises(Refused, match="These services no longer exist: CHAT"):
        add(cast, new(cast, licenses=(License(teams.pk, ("CHAT",)),)))


def test_a_license_without_usage_location_is_refused(cast: Cast) -> None:
    teams = SubscriptionFactory.create(customer=cast.contoso)
    with pytest.raises(RulesBroken, match="Set the usage location first"):
        add(cast, new(cast, fields={}, licenses=(License(teams.pk),)))


def test_a_user_admin_makes_no_administrators(cast: Cast) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    with pytest.raises(Refused, match="Your role can't make a user an administrator"):
        add_users([new(cast, roles=(Role.USER_ADMIN,))], customer=cast.contoso, actor=admin)
    add_users([new(cast)], customer=cast.contoso, actor=admin)


def test_a_role_of_partner_staff_is_for_no_customer(cast: Cast) -> None:
    with pytest.raises(Refused, match="is for partner staff"):
        add(cast, new(cast, roles=(Role.ACCOUNT_ADMIN,)))


def test_a_user_who_lost_the_role_meanwhile_adds_nobody(cast: Cast) -> None:
    stale = User.objects.with_roles().get(pk=cast.gail.pk)
    assert stale.roles == (Role.GLOBAL_ADMIN,)
    cast.gail.groups.clear()
    with pytest.raises(Refused, match="Your role can't do this"):
        add_users([new(cast)], customer=cast.contoso, actor=stale)


def test_support_staff_add_users_in_the_admin(cast: Cast) -> None:
    added = add_users([new(cast)], customer=cast.contoso, actor=cast.support)
    assert log()[0].actor == "Support (support@portal.example)"
    assert added.batch.by == cast.support


def test_the_same_key_adds_once_and_names_the_first_batch(cast: Cast) -> None:
    first = add(cast, new(cast), key="form-1")
    with pytest.raises(AlreadyDone) as caught:
        add(cast, new(cast), key="form-1")
    assert caught.value.batch == first.batch
    assert cast.contoso.users.count() == 3


def test_a_key_of_another_form_is_refused_in_a_sentence(cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice, key="form-1")
    with pytest.raises(Refused, match="This form is no longer valid"):
        add(cast, new(cast), key="form-1")


def test_a_set_collects_on_the_makers_open_sheet(cast: Cast) -> None:
    first = add(cast, new(cast)).sheet
    again = add_users([new(cast, "otto")], customer=cast.contoso, actor=cast.alice, onto=first)
    assert again.sheet == first
    slips = read_sheet(first, actor=cast.alice, action=Action.SHEET_SHOWN)
    assert [slip.display_name for slip in slips] == ["Nora", "Otto"]
    assert again.sheet.users == 2


def test_another_users_sheet_is_not_added_to(cast: Cast) -> None:
    first = add(cast, new(cast)).sheet
    again = add_users([new(cast, "otto")], customer=cast.contoso, actor=cast.gail, onto=first)
    assert again.sheet != first
    first.refresh_from_db()
    assert (first.users, again.sheet.users) == (1, 1)


def test_a_sheet_that_is_nearly_over_is_not_added_to(cast: Cast) -> None:
    first = add(cast, new(cast)).sheet
    first.expires_at = timezone.now() + timedelta(minutes=59)
    first.save()
    again = add_users([new(cast, "otto")], customer=cast.contoso, actor=cast.alice, onto=first)
    assert again.sheet != first


def test_a_sheet_whose_key_is_gone_is_not_added_to(cast: Cast, settings: Settings) -> None:
    first = add(cast, new(cast)).sheet
    settings.CREDENTIALS_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItb3Q="]
    again = add_users([new(cast, "otto")], customer=cast.contoso, actor=cast.alice, onto=first)
    slips = read_sheet(again.sheet, actor=cast.alice, action=Action.SHEET_SHOWN)
    assert [slip.display_name for slip in slips] == ["Otto"]


def test_few_get_short_passwords_and_many_long_ones(cast: Cast, settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 2
    few = add(cast, new(cast, "a"), new(cast, "b"))
    many = add(cast, *[new(cast, name) for name in "cde"])
    assert {len(slip.password) for slip in _slips(cast, few)} == {12 + 2}
    assert {len(slip.password) for slip in _slips(cast, many)} == {24 + 5}
    assert all(user.password.startswith("argon2$argon2id$") for user in few.users)
    assert all(user.password.startswith("generated_sha256$") for user in many.users)
    assert len({slip.password for slip in _slips(cast, many)}) == 3


def _slips(cast: Cast, added: Added) -> list[Slip]:
    return read_sheet(added.sheet, actor=cast.alice, action=Action.SHEET_SHOWN)


# SQLite splits an insert by the number of its parameters.
@pytest.mark.postgres
def test_as_many_queries_for_thirty_as_for_three(
    cast: Cast, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 1
    teams = SubscriptionFactory.create(customer=cast.contoso, quantity=40)
    wanted, roles = (License(teams.pk),), (Role.USER_ADMIN,)
    users = [new(cast, f"p{n}", licenses=wanted, roles=roles) for n in range(33)]
    with CaptureQueriesContext(connection) as queries:
        add(cast, *users[:3])
    with django_assert_num_queries(len(queries)):
        add(cast, *users[3:])
    assert LicenseAssignment.objects.live().count() == 33


def test_many_come_in_the_order_of_the_list(cast: Cast, settings: Settings) -> None:
    settings.SHORT_PASSWORDS_UP_TO = 1
    names = [f"p{n}" for n in range(300, 0, -1)]
    added = add(cast, *[new(cast, name) for name in names])
    stored = User.objects.filter(changed_by_batch=added.batch).order_by("pk")
    assert [user.user_name.partition("@")[0] for user in stored] == names
    assert violations() == []
