"""Support staff look after users in the admin: through the services, whatever the page."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.passwords import canonical
from accounts.services.users import delete_users
from accounts.sorting import sort_key
from customers.actions import Action
from customers.models import AuditEvent, Customer, Partner
from customers.roles import Role
from tests.accounts.sheets import stored
from tests.factories import (
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    SupportFactory,
    UserFactory,
)
from tests.support.admin import act, address, errors, told, typed
from tests.support.cast import Cast


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


def logged(action: Action) -> list[tuple[int | None, int | None]]:
    """Who did it to whom, in the order of time."""
    events = AuditEvent.objects.filter(action=action).order_by("pk")
    return list(events.values_list("actor_id", "target_id"))


def add(client: Client, kind: str, **values: object) -> Any:
    return client.post(
        f"{address(User, 'add')}?kind={kind}", {"display_name": "Ada Lind", **values}
    )


def test_an_added_user_gets_a_sheet_that_only_its_maker_reads(support: Client, cast: Cast) -> None:
    response = support.post(
        address(User, "add"),
        {
            "customer": cast.contoso.pk,
            "user_name": "Ada.Lind@contoso.example",
            "display_name": "Ada Lind",
            "usage_location": "US",
            "roles": [Role.LICENSE_ADMIN.value],
        },
    )
    ada = User.objects.get(username="ada.lind@contoso.example")
    sheet = CredentialSheet.objects.get()
    assert response.headers["Location"] == address(CredentialSheet, "show", sheet.pk)
    (slip,) = support.get(response.headers["Location"]).context["slips"]
    assert ada.check_password(canonical(slip.password))
    assert (ada.roles, ada.must_change_password) == ((Role.LICENSE_ADMIN,), True)
    assert logged(Action.USER_ADDED) == [(cast.support.pk, ada.pk)]
    assert logged(Action.SHEET_SHOWN) == [(cast.support.pk, sheet.pk)]
    support.force_login(SupportFactory.create())
    assert support.get(response.headers["Location"]).status_code == 404
    assert violations() == []


def test_done_destroys_a_sheet_and_a_link_to_it_then_says_so(support: Client, cast: Cast) -> None:
    act(support, "reset_password", cast.uma, confirmed="yes", key="k")
    sheet = CredentialSheet.objects.get()
    done, show = (address(CredentialSheet, page, sheet.pk) for page in ("done", "show"))
    support.get(done)
    assert stored(CredentialSheet.objects.get()) != []
    support.post(done)
    assert stored(CredentialSheet.objects.get()) == []
    assert told(support.get(show))[-1].startswith("These passwords were deleted")


@pytest.mark.parametrize(
    "user_name, problem",
    [
        ("gail@contoso.example", "This user name is taken"),
        ("Gail@CONTOSO.example", "This user name is taken"),
        ("ada@northwind.example", "The domain northwind.example does not belong"),
        ("ada lind@contoso.example", "can't be in a user name"),
        ("ada", "Use letters a to z"),
        ("", "required"),
        ("a" * 10_000 + "@contoso.example", "or fewer"),
        ("<b>@contoso.example", "can't be in a user name"),
    ],
)
def test_a_name_that_can_not_be_is_said_and_nothing_is_written(
    user_name: str, problem: str, support: Client, cast: Cast
) -> None:
    before = User.objects.count()
    page = support.post(
        address(User, "add"),
        {
            "customer": cast.contoso.pk,
            "user_name": user_name,
            "display_name": "Kept as typed",
            "usage_location": "US",
        },
    )
    assert page.status_code == 200
    said = " ".join(text for texts in errors(page).values() for text in texts)
    assert problem in said
    assert 'value="Kept as typed"' in page.content.decode()
    assert (User.objects.count(), CredentialSheet.objects.count()) == (before, 0)
    assert not AuditEvent.objects.exists()


def test_a_change_goes_through_the_service_and_into_the_log(support: Client, cast: Cast) -> None:
    url = address(User, "change", cast.uma.pk)
    values = {"user_name": "uma.b@contoso.example", "roles": [Role.USER_ADMIN.value]}
    support.post(url, {**typed(support.get(url)), **values, "display_name": "Ümà B"})
    uma = User.objects.with_roles().get(pk=cast.uma.pk)
    assert (uma.username, uma.sort_name, uma.roles) == (
        "uma.b@contoso.example",
        sort_key("Ümà B", cast.contoso.country.code),
        (Role.USER_ADMIN,),
    )
    event = AuditEvent.objects.get(action=Action.USER_CHANGED)
    assert (event.actor_id, event.customer_id) == (cast.support.pk, cast.contoso.pk)
    assert event.changes == {"roles": [[], ["User administrator"]]}
    assert violations() == []


def test_what_a_held_license_forbids_stands_on_the_form(support: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Calling Plan", blocked_countries=["CN"])
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    url = address(User, "change", cast.uma.pk)
    page = support.post(url, {**typed(support.get(url)), "usage_location": "CN"})
    assert "Calling Plan can't be used in China." in str(errors(page))
    assert User.objects.get(pk=cast.uma.pk).usage_location == "US"


@pytest.mark.parametrize("way", ["page", "action"])
def test_deleting_is_soft_and_frees_the_seats(way: str, support: Client, cast: Cast) -> None:
    subscription = SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    if way == "page":
        url = address(User, "delete", cast.uma.pk)
        assert "restored" in support.get(url).content.decode()
        support.post(url, {"post": "yes"})
    else:
        page = act(support, "delete_selected", cast.uma)
        assert page.status_code == 200
        assert User.objects.get(pk=cast.uma.pk).deleted_at is None
        act(support, "delete_selected", cast.uma, confirmed="yes")
    uma = User.objects.get(pk=cast.uma.pk)
    subscription.refresh_from_db()
    assert (uma.deleted_by_id, subscription.assigned) == (cast.support.pk, 0)
    assert uma.purge_after
    assert uma.purge_after > timezone.now()
    assert logged(Action.USER_DELETED) == [(cast.support.pk, uma.pk)]
    assert violations() == []


def test_users_of_several_customers_are_deleted_together(support: Client, cast: Cast) -> None:
    other = UserFactory.create(customer=cast.adatum)
    act(support, "delete_selected", cast.uma, other, confirmed="yes")
    gone = User.objects.filter(deleted_at__isnull=False)
    assert set(gone.values_list("pk", flat=True)) == {cast.uma.pk, other.pk}
    customers = Customer.objects.filter(pk__in=[cast.contoso.pk, cast.adatum.pk])
    assert list(customers.values_list("deleted_users", flat=True)) == [1, 1]
    assert violations() == []


def test_support_staff_are_not_deleted_nor_a_teams_last_account_admin(
    support: Client, cast: Cast
) -> None:
    assert support.get(address(User, "delete", cast.support.pk)).status_code == 403
    response = act(support, "delete_selected", cast.uma, cast.support, confirmed="yes")
    assert told(response) == ["These can't be deleted here: Support."]
    response = act(support, "delete_selected", cast.uma, cast.alice, confirmed="yes")
    assert told(response)[0].startswith("This is the last account admin")
    assert not User.objects.filter(deleted_at__isnull=False).exists()


def test_a_partners_staff_are_removed_as_on_the_team_page(support: Client, cast: Cast) -> None:
    act(support, "delete_selected", cast.bob, confirmed="yes")
    bob = User.objects.get(pk=cast.bob.pk)
    assert (bob.username, bob.domain_id, bob.deleted_by_id) == (None, None, cast.support.pk)
    event = AuditEvent.objects.get(action=Action.STAFF_REMOVED)
    assert (event.partner_id, event.target_id) == (cast.fabrikam.pk, bob.pk)


def test_restore_shows_what_comes_back_and_gives_it(support: Client, cast: Cast) -> None:
    full = SubscriptionFactory.create(customer=cast.contoso, quantity=1, holders=[cast.uma])
    free = SubscriptionFactory.create(customer=cast.contoso, quantity=9, holders=[cast.uma])
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    SubscriptionFactory._meta.model.objects.filter(pk=full.pk).update(status="suspended")
    page = act(support, "restore", cast.uma)
    (item,) = page.context["returns"]
    assert [row.subscription_id for row in item.back] == [free.pk]
    plan = page.context["plans"]
    response = act(support, "restore", cast.uma, confirmed="yes", **plan)
    assert told(response) == ["Restored: 1 user."]
    uma = User.objects.get(pk=cast.uma.pk)
    assert uma.deleted_at is None
    assert [row.subscription_id for row in uma.assignments.live()] == [free.pk]
    assert violations() == []


def test_restore_asks_for_another_name_where_it_was_taken(support: Client, cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    UserFactory.create(customer=cast.contoso, local_part="uma")
    page = act(support, "restore", cast.uma)
    (item,) = page.context["returns"]
    assert item.proposal == "uma2@contoso.example"
    values = {**page.context["plans"], f"name_{cast.uma.pk}": item.proposal}
    again = act(support, "restore", cast.uma, confirmed="yes", **values)
    assert again.status_code == 200, "the plan with the new name is shown before it is done"
    act(support, "restore", cast.uma, confirmed="yes", **{**values, **again.context["plans"]})
    assert User.objects.get(pk=cast.uma.pk).username == "uma2@contoso.example"
    assert violations() == []


def test_a_second_click_on_reset_leads_to_the_same_sheet(support: Client, cast: Cast) -> None:
    page = act(support, "reset_password", cast.uma, cast.gail)
    key = page.context["key"]
    first, second = (
        act(support, "reset_password", cast.uma, cast.gail, confirmed="yes", key=key)
        for _click in range(2)
    )
    sheet = CredentialSheet.objects.get()
    assert first.headers["Location"] == second.headers["Location"]
    assert first.headers["Location"] == address(CredentialSheet, "show", sheet.pk)
    slips = support.get(first.headers["Location"]).context["slips"]
    assert {slip.user_name for slip in slips} == {"uma@contoso.example", "gail@contoso.example"}
    assert len(logged(Action.PASSWORD_RESET)) == 2
    assert violations() == []


def test_block_and_allow_reach_users_and_staff(support: Client, cast: Cast) -> None:
    users = (cast.uma, cast.bob)
    assert act(support, "block", *users).status_code == 200
    response = act(support, "block", *users, confirmed="yes")
    assert told(response) == ["Sign-in blocked: 2 users."]
    blocked = User.objects.filter(blocked_by=cast.support)
    assert {user.pk for user in blocked} == {user.pk for user in users}
    assert [user.session_epoch for user in blocked] == [1, 1]
    act(support, "allow", *users)
    assert not User.objects.filter(blocked_at__isnull=False).exists()
    assert len(logged(Action.USER_BLOCKED)) == len(logged(Action.USER_ALLOWED)) == 2


def test_nobody_blocks_or_demotes_themself(support: Client, cast: Cast) -> None:
    response = act(support, "block", cast.support, confirmed="yes")
    assert told(response) == ["You can't block yourself."]
    url = address(User, "change", cast.support.pk)
    values = typed(support.get(url))
    del values["is_superuser"]
    assert "is_superuser" in errors(support.post(url, values))
    assert User.objects.get(pk=cast.support.pk).is_superuser


def test_partner_staff_are_added_with_a_password_that_is_told_once(
    support: Client, cast: Cast
) -> None:
    roles = [Role.SALES_AGENT.value]
    names = {"user_name": "ada@fabrikam.example", "partner": cast.fabrikam.pk}
    page = add(support, "staff", roles=roles, **names)
    (slip,) = page.context["slips"]
    ada = User.objects.get(username="ada@fabrikam.example")
    assert ada.check_password(canonical(slip.password))
    assert (ada.partner, ada.roles, ada.is_staff) == (cast.fabrikam, (Role.SALES_AGENT,), False)
    event = AuditEvent.objects.get(action=Action.STAFF_ADDED)
    assert (event.partner, event.actor_id) == (cast.fabrikam, cast.support.pk)
    assert slip.password not in str(event.changes) + str(event.names.changes)
    assert not CredentialSheet.objects.exists()
    assert violations() == []


def test_staff_are_limited_to_customers_of_their_own_partner(support: Client, cast: Cast) -> None:
    url = address(User, "change", cast.bob.pk)
    limits = {"limited_to_customers": "on", "allowed_customers": str(cast.adatum.pk)}
    page = support.post(url, {**typed(support.get(url)), **limits})
    assert errors(page) == {"allowed_customers": ["Choose customers of this partner only."]}
    limits["allowed_customers"] = str(cast.contoso.pk)
    support.post(url, {**typed(support.get(url)), **limits})
    bob = User.objects.get(pk=cast.bob.pk)
    assert list(Customer.objects.visible_to(bob)) == [cast.contoso]
    event = AuditEvent.objects.get(action=Action.STAFF_CHANGED)
    assert event.changes == {
        "limited_to_customers": [False, True],
        "customers_opened": ["Contoso"],
    }


def test_a_staff_reset_from_the_page_of_before_another_is_refused(
    support: Client, cast: Cast
) -> None:
    page = act(support, "reset_password", cast.alice)
    epoch = page.context["epoch"]
    first = act(support, "reset_password", cast.alice, confirmed="yes", epoch=epoch)
    (slip,) = first.context["slips"]
    support.force_login(SupportFactory.create(local_part="sam"))
    again = act(support, "reset_password", cast.alice, confirmed="yes", epoch=epoch)
    assert told(again)[0].startswith("Alice was blocked or got a new password a moment ago.")
    alice = User.objects.get(pk=cast.alice.pk)
    assert alice.check_password(canonical(slip.password))
    assert (alice.must_change_password, alice.session_epoch) == (True, 1)


def test_only_a_superuser_touches_support_staff(client: Client, cast: Cast) -> None:
    helper = SupportFactory.create(is_superuser=False)
    helper.user_permissions.set(_all_of_users())
    client.force_login(helper)
    page = client.get(address(User, "change", cast.support.pk))
    assert "_save" not in page.content.decode()
    for action in ("reset_password", "block"):
        act(client, action, cast.support, confirmed="yes", epoch=0)
    boss = User.objects.get(pk=cast.support.pk)
    assert (boss.session_epoch, boss.blocked_at) == (0, None)
    add(client, "support", user_name="new@portal.example", is_superuser="on")
    assert User.objects.filter(is_staff=True).count() == 2


def test_a_partner_and_its_first_customer_come_from_the_admin(support: Client) -> None:
    country = {"country": "IE"}
    support.post(
        address(Partner, "add"), {"name": "Wingtip", "primary_domain": "Wingtip.example", **country}
    )
    partner = Partner.objects.get(name="Wingtip")
    support.post(
        address(Customer, "add"),
        {
            "partner": partner.pk,
            "name": "Tailspin",
            "primary_domain": "tailspin.example",
            "contact_email": "",
            **country,
        },
    )
    customer = Customer.objects.get(name="Tailspin")
    assert customer.partner == partner
    assert [str(domain) for domain in customer.domains.all()] == ["tailspin.example"]
    assert [str(domain) for domain in partner.domains.all()] == ["wingtip.example"]
    assert len(logged(Action.PARTNER_ADDED)) == len(logged(Action.CUSTOMER_ADDED)) == 1
    assert StaffFactory.create(partner=partner).partner == partner
    assert violations() == []


def _all_of_users() -> list[Permission]:
    return list(Permission.objects.filter(content_type__model="user"))
