"""What a source does to users: added, taken over, changed, blocked, deleted and brought back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services.users import (
    NamesTaken,
    allow_users,
    block_users,
    change_user,
    change_users,
    delete_users,
    remove_users,
    restore_users,
)
from accounts.services.users.owning import owned_of
from api.models import Doing, ScimLink, Source, SourceRefusal
from api.queries import version_of
from api.services.sourced_users import (
    VersionChanged,
    add_from_source,
    change_from_source,
    claim_fields,
    delete_from_source,
    fresh,
    link_of,
)
from api.services.sources import SourceFacts, change_source, release_users
from customers.errors import Refused
from customers.models import Batch, BatchKind, Outcome
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription
from tests.api.scim.telling import told
from tests.api.tokens import source_of
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast

NAME = "grace@contoso.example"


@pytest.fixture
def source(cast: Cast) -> Source:
    return source_of(cast.contoso, cast.gail)


@pytest.fixture
def grace(source: Source) -> User:
    return add_from_source(source, told(NAME, first_name="Grace", external_id="7"))


def refused(act: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refusal:
        act(*args, **kwargs)
    return refusal.value.code


def live(user: User) -> list[Subscription]:
    rows = LicenseAssignment.objects.live().filter(user=user).select_related("subscription")
    return [row.subscription for row in rows]


def test_a_user_is_added_once_and_counted(source: Source, cast: Cast, grace: User) -> None:
    assert (grace.customer, grace.display_name, grace.roles) == (cast.contoso, "Grace", ())
    assert not CredentialSheet.objects.exists()
    assert violations() == []
    assert refused(add_from_source, source, told(NAME, external_id="8")) == "user-name-taken"
    twin = told("other@contoso.example", external_id="7")
    assert refused(add_from_source, source, twin) == "external-id-taken"
    assert Batch.objects.filter(kind=BatchKind.CREATE).count() == 1
    assert violations() == []


def test_a_blocked_one_is_added_blocked(source: Source) -> None:
    added = add_from_source(source, told(NAME, active=False))
    assert added.blocked_by == source.user


def test_a_name_is_made_where_none_is_told(source: Source) -> None:
    assert add_from_source(source, told(NAME)).display_name == "grace"
    both = told("ada@contoso.example", first_name="Ada", last_name="Byron")
    assert add_from_source(source, both).display_name == "Ada Byron"


def test_a_user_who_is_there_is_left_alone_until_told_otherwise(source: Source, cast: Cast) -> None:
    with pytest.raises(Refused) as refusal:
        add_from_source(source, told("uma@contoso.example"))
    assert refusal.value.code == "user-name-taken"
    assert "page of the source" in str(refusal.value)
    change_source(source, SourceFacts(takes_over=True), actor=cast.gail)
    source.refresh_from_db()
    taken = add_from_source(source, told("uma@contoso.example", job_title="Boss", external_id="1"))
    assert (taken, taken.job_title, taken.first_name) == (cast.uma, "Boss", "Uma")
    assert taken.display_name == cast.uma.display_name
    again = told("uma@contoso.example", external_id="2")
    assert refused(add_from_source, source, again) == "user-name-taken"


def test_one_user_is_kept_by_one_source(source: Source, grace: User, cast: Cast) -> None:
    other = source_of(cast.contoso, cast.gail, name="Entra", takes_over=True)
    assert refused(add_from_source, other, told(NAME)) == "user-name-taken"
    with pytest.raises(User.DoesNotExist):
        change_from_source(other, grace.uuid, told(NAME, job_title="x"))
    release_users([grace], source=source, actor=cast.gail)
    assert add_from_source(other, told(NAME)) == grace


def test_a_patch_of_one_who_is_there_takes_over(source: Source, cast: Cast) -> None:
    whole = told("uma@contoso.example", display_name="Uma", first_name="Uma", job_title="Boss")
    with pytest.raises(User.DoesNotExist):
        change_from_source(source, cast.uma.uuid, whole)
    change_source(source, SourceFacts(takes_over=True), actor=cast.gail)
    source.refresh_from_db()
    change_from_source(source, cast.uma.uuid, replace(whole, sent=()))
    link = ScimLink.objects.get(user=cast.uma)
    # Of a PATCH what it changes: Uma had her names before.
    assert "job_title" in link.fields
    assert "first_name" not in link.fields
    delete_from_source(source, cast.uma.uuid)


def test_it_deletes_no_user_whom_it_never_kept(source: Source, cast: Cast) -> None:
    change_source(source, SourceFacts(takes_over=True), actor=cast.gail)
    source.refresh_from_db()
    assert refused(delete_from_source, source, cast.uma.uuid) == "user-not-of-source"


def test_administrators_are_out_of_reach(source: Source, grace: User, cast: Cast) -> None:
    change_user(
        grace, customer=cast.contoso, actor=cast.gail, fields={}, roles=(Role.BILLING_ADMIN,)
    )
    change_source(source, SourceFacts(takes_over=True), actor=cast.gail)
    source.refresh_from_db()
    for user in (grace, cast.gail):
        whole = told(user.user_name, job_title="x")
        assert refused(change_from_source, source, user.uuid, whole) == "beyond-reach"
        blocked = told(user.user_name, active=False)
        assert refused(change_from_source, source, user.uuid, blocked) == "beyond-reach"
        assert refused(delete_from_source, source, user.uuid) == "beyond-reach"
    assert refused(add_from_source, source, told(cast.gail.user_name)) == "beyond-reach"
    assert User.objects.get(pk=cast.gail.pk).job_title == ""


def test_a_deleted_administrator_is_not_brought_back(
    source: Source, grace: User, cast: Cast
) -> None:
    change_user(
        grace, customer=cast.contoso, actor=cast.gail, fields={}, roles=(Role.BILLING_ADMIN,)
    )
    delete_users([grace], customer=cast.contoso, actor=cast.gail)
    with pytest.raises(Refused, match="administrator"):
        add_from_source(source, told(NAME, external_id="7"))
    assert User.objects.get(pk=grace.pk).deleted_at is not None


def test_what_is_deleted_comes_back_by_its_external_id(
    source: Source, grace: User, cast: Cast
) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, holders=[grace])
    delete_from_source(source, grace.uuid)
    with pytest.raises(User.DoesNotExist):
        fresh(source, grace.uuid)
    with pytest.raises(User.DoesNotExist):
        delete_from_source(source, grace.uuid)
    back = add_from_source(source, told("g@contoso.example", job_title="Boss", external_id="7"))
    assert (back, back.user_name, back.job_title) == (grace, "g@contoso.example", "Boss")
    assert live(back) == [pool]
    assert violations() == []


def test_one_deleted_by_hand_comes_back_too_and_a_purged_one_is_new(
    source: Source, grace: User, cast: Cast
) -> None:
    delete_users([grace], customer=cast.contoso, actor=cast.gail)
    assert add_from_source(source, told(NAME, external_id="7")) == grace
    delete_users([grace], customer=cast.contoso, actor=cast.gail)
    remove_users([grace], customer=cast.contoso, actor=cast.gail)
    assert add_from_source(source, told(NAME, external_id="7")).pk != grace.pk


def test_without_an_external_id_a_deleted_one_stays_deleted(source: Source, grace: User) -> None:
    delete_from_source(source, grace.uuid)
    assert add_from_source(source, told(NAME)).pk != grace.pk


def test_a_name_that_was_taken_meanwhile_is_said(source: Source, grace: User, cast: Cast) -> None:
    delete_from_source(source, grace.uuid)
    UserFactory.create(customer=cast.contoso, local_part="grace")
    code = refused(add_from_source, source, told(NAME, external_id="7"))
    assert code == "restore-name-problem"
    assert User.objects.get(pk=grace.pk).deleted_at is not None


def test_one_who_was_blocked_comes_back_as_told(source: Source, grace: User, cast: Cast) -> None:
    block_users([grace], customer=cast.contoso, actor=cast.gail)
    delete_from_source(source, grace.uuid)
    assert add_from_source(source, told(NAME, external_id="7")).blocked_at is not None
    delete_from_source(source, grace.uuid)
    assert add_from_source(source, told(NAME, external_id="7", active=True)).blocked_at is None


def test_a_license_is_given_as_far_as_there_are_seats(source: Source, cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=1)
    change_source(source, SourceFacts(subscription=pool), actor=cast.gail)
    source.refresh_from_db()
    assert live(add_from_source(source, told(NAME))) == [pool]
    second = add_from_source(source, told("ada@contoso.example"))
    assert live(second) == []
    note = SourceRefusal.objects.get()
    assert (note.doing, note.user_name, note.code) == (
        Doing.LICENSE,
        "ada@contoso.example",
        "seats-short",
    )
    assert pool.product.name in note.sentence
    assert violations() == []


def test_a_license_that_a_rule_forbids_keeps_nobody_out(source: Source, cast: Cast) -> None:
    product = ProductFactory.create(partner=cast.fabrikam, blocked_countries=["DE"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product)
    change_source(source, SourceFacts(subscription=pool), actor=cast.gail)
    source.refresh_from_db()
    assert live(add_from_source(source, told(NAME, usage_location="DE"))) == []
    assert SourceRefusal.objects.get().code == "license-rules"


def test_a_license_that_can_not_come_back_is_said(source: Source, grace: User, cast: Cast) -> None:
    pool = SubscriptionFactory.create(customer=cast.contoso, quantity=1, holders=[grace])
    delete_from_source(source, grace.uuid)
    Subscription.objects.filter(pk=pool.pk).update(quantity=0)
    assert live(add_from_source(source, told(NAME, external_id="7"))) == []
    assert SourceRefusal.objects.get().code == "license-not-restored"


def test_a_change_of_another_version_is_refused(source: Source, grace: User) -> None:
    version = version_of(grace, link_of(grace))
    changed = change_from_source(source, grace.uuid, told(NAME, job_title="x"), expected=version)
    assert version_of(changed, link_of(changed)) != version
    with pytest.raises(VersionChanged):
        change_from_source(source, grace.uuid, told(NAME, job_title="y"), expected=version)
    with pytest.raises(VersionChanged):
        delete_from_source(source, grace.uuid, expected=version)


def test_a_name_of_another_domain_is_refused(source: Source, grace: User) -> None:
    for name in ("grace@northwind.example", "grace", "@contoso.example", "a b@contoso.example"):
        assert refused(change_from_source, source, grace.uuid, told(name)) in {
            "domain-of-nobody",
            "user-name-wrong",
        }


def test_its_external_id_changes_and_is_its_own(source: Source, grace: User) -> None:
    add_from_source(source, told("ada@contoso.example", external_id="8"))
    whole = told(NAME, first_name="Grace", display_name="Grace", external_id="9")
    assert link_of(change_from_source(source, grace.uuid, whole)).external_id == "9"  # type: ignore[union-attr]
    code = refused(change_from_source, source, grace.uuid, replace(whole, external_id="8"))
    assert code == "external-id-taken"


class TestWhatPagesLeaveToIt:
    def test_it_owns_what_it_sent(self, source: Source, grace: User) -> None:
        [owned] = owned_of([grace.pk]).values()
        assert (owned.by, owned.actor_id) == ("Personio", source.user_id)
        assert owned.fields == {"user_name", "first_name"}
        claim_fields(source, grace, {"department"})
        [owned] = owned_of([grace.pk]).values()
        assert owned.fields == {"user_name", "first_name", "department"}

    def test_a_page_changes_the_other_fields_alone(
        self, source: Source, grace: User, cast: Cast
    ) -> None:
        terms: dict[str, Any] = {"customer": cast.contoso, "actor": cast.gail}
        fields = {"first_name": "Grace", "office": "1"}
        assert change_user(grace, fields=fields, **terms) == {"office": ["", "1"]}
        with pytest.raises(Refused) as refusal:
            change_user(grace, fields={"first_name": "G", "office": "2"}, **terms)
        assert (refusal.value.code, refusal.value.field) == ("field-kept-elsewhere", "first_name")
        assert str(refusal.value).startswith("First name: kept by Personio.")
        assert User.objects.get(pk=grace.pk).office == "1"
        release_users([grace], source=source, actor=cast.gail)
        assert change_user(grace, fields={"first_name": "G"}, **terms)

    def test_of_many_it_is_left_out(self, source: Source, grace: User, cast: Cast) -> None:
        claim_fields(source, grace, {"department"})
        batch = change_users(
            [grace, cast.uma],
            customer=cast.contoso,
            actor=cast.gail,
            fields={"department": "Sales"},
        )
        items = {item.user_id: item for item in batch.items.all()}
        assert items[grace.pk].outcome == Outcome.SKIPPED
        assert "Personio" in items[grace.pk].reason
        assert items[cast.uma.pk].outcome == Outcome.DONE

    def test_blocking_and_deleting_stay_the_pages_too(
        self, source: Source, grace: User, cast: Cast
    ) -> None:
        terms: dict[str, Any] = {"customer": cast.contoso, "actor": cast.gail}
        block_users([grace], **terms)
        allow_users([grace], **terms)
        delete_users([grace], **terms)
        restore_users([grace], **terms)
        assert fresh(source, grace.uuid) == grace


def test_names_taken_is_a_refusal_of_ours() -> None:
    assert issubclass(NamesTaken, Refused)
