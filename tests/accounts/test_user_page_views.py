"""A user's page: editing, and what is done from it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import CredentialSheet, User
from accounts.services.users import (
    allow_users,
    block_users,
    change_user,
    delete_users,
    remove_users,
    reset_passwords,
    restore_users,
)
from customers.models import Batch
from customers.roles import Role
from tests.cast import Cast
from tests.factories import (
    DomainFactory,
    ProductFactory,
    StaffFactory,
    SubscriptionFactory,
    UserFactory,
)
from tests.forms import Fields, fields, words
from tests.html import problems

DEEDS = ("reset", "block", "allow", "delete")


def address(user: User, deed: str = "") -> str:
    return f"/customers/{user.customer_id}/users/{user.pk}/" + (f"{deed}/" if deed else "")


@pytest.fixture
def alice(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def form(client: Client, user: User) -> Fields:
    return fields(read(client, address(user)))


def save(client: Client, user: User, sent: Fields, **changed: str | list[str]) -> Any:
    return client.post(address(user), {**sent, **changed})


def do(client: Client, user: User, deed: str) -> Any:
    return client.post(address(user, deed), fields(read(client, address(user, deed))))


def told(response: Any) -> str:
    return words(response.content.decode())


def test_page_shows_details_licenses_and_activity(alice: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail", plans=("INBOX",))
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    html = read(alice, address(cast.uma))
    text = words(html)
    assert "Sign-in is blocked since" in text
    assert "by Gail." in text
    assert "Sign-in blocked · Gail (gail@contoso.example)" in text
    assert "Licenses Manage licenses Mail" in text
    assert "Allow sign-in" in text
    assert problems(html) == []


def test_saving_changes_details_and_permissions(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    response = save(
        alice,
        cast.uma,
        sent,
        display_name="Uma Patel",
        city="Bergen",
        permission="limited",
        limited_roles=[Role.LICENSE_ADMIN],
    )
    assert response["Location"] == address(cast.uma)
    assert "Saved." in told(alice.get(response["Location"]))
    fresh = User.objects.get(pk=cast.uma.pk)
    assert (fresh.display_name, fresh.city, fresh.roles) == (
        "Uma Patel",
        "Bergen",
        (Role.LICENSE_ADMIN,),
    )


def test_new_user_name_is_said_to_be_the_one_to_sign_in_with(alice: Client, cast: Cast) -> None:
    other = DomainFactory.create(customer=cast.contoso, name="contoso-labs.example")
    sent = form(alice, cast.uma)
    response = save(alice, cast.uma, sent, user_name="uma.patel", domain=str(other.pk))
    text = told(alice.get(response["Location"]))
    assert "Uma signs in as uma.patel@contoso-labs.example from now on." in text
    assert User.objects.get(pk=cast.uma.pk).username == "uma.patel@contoso-labs.example"


def test_taken_user_name_is_refused_at_its_field_and_keeps_what_was_typed(
    alice: Client, cast: Cast
) -> None:
    sent = form(alice, cast.uma)
    response = save(alice, cast.uma, sent, user_name="Gail", city="Bergen")
    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    assert "This user name is taken: gail@contoso.example. Choose another one." in words(html)
    again = fields(html)
    assert (again["user_name"], again["city"]) == (["Gail"], ["Bergen"])
    assert problems(html) == []
    assert User.objects.get(pk=cast.uma.pk).city == ""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("display_name", "", "Enter a display name"),
        ("display_name", "x" * 10_000, "256"),
        ("user_name", "", "Enter the user name"),
        ("user_name", "ü", "can't be in a user name"),
        ("user_name", "x" * 10_000, "at most 64"),
        ("city", "x" * 10_000, "128"),
        ("alternate_email", "no mail", "Enter an email address"),
        ("usage_location", "XX", "Select a valid choice"),
        ("domain", "999999", "not there any more"),
        ("permission", "king", "Select a valid choice"),
        ("permission", "limited", "Choose at least one area"),
        ("seen", "forged", "This page is too old"),
    ],
)
def test_bad_input_is_refused_with_a_message(
    alice: Client, cast: Cast, field: str, value: str, message: str
) -> None:
    sent = form(alice, cast.uma)
    if field == "display_name":
        sent |= {"first_name": [""], "last_name": [""]}
    response = save(alice, cast.uma, sent, **{field: value})
    assert response.status_code == HTTPStatus.OK
    assert message in told(response)
    assert not Batch.objects.exists()


def test_markup_is_shown_as_text(alice: Client, cast: Cast) -> None:
    response = save(alice, cast.uma, form(alice, cast.uma), display_name="<b>Uma</b>")
    assert response.status_code == HTTPStatus.FOUND
    html = read(alice, address(cast.uma))
    assert "<b>Uma</b>" not in html
    assert "&lt;b&gt;Uma&lt;/b&gt;" in html


def test_location_that_a_held_product_forbids_is_refused_at_its_field(
    alice: Client, cast: Cast
) -> None:
    product = ProductFactory.create(name="Here only", blocked_countries=["NO"])
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    response = save(alice, cast.uma, form(alice, cast.uma), usage_location="NO")
    assert "Usage location : Here only can't be used in Norway." in told(response)


def test_change_that_a_colleague_made_meanwhile_is_not_overwritten(
    alice: Client, cast: Cast
) -> None:
    sent = form(alice, cast.uma)
    newer = {"city": "Bergen", "department": "Research"}
    change_user(cast.uma, customer=cast.contoso, actor=cast.gail, fields=newer)
    response = save(alice, cast.uma, sent, city="Oslo", office="12")
    html = response.content.decode()
    text = words(html)
    assert "City: changed by Gail (gail@contoso.example)." in text
    assert "Department: changed by Gail (gail@contoso.example)." in text
    again = fields(html)
    assert (again["city"], again["office"], again["department"]) == (["Oslo"], ["12"], ["Research"])
    fresh = User.objects.get(pk=cast.uma.pk)
    assert (fresh.city, fresh.office) == ("Bergen", "")
    assert problems(html) == []
    assert alice.post(address(cast.uma), again).status_code == HTTPStatus.FOUND
    fresh.refresh_from_db()
    assert (fresh.city, fresh.office, fresh.department) == ("Oslo", "12", "Research")


def test_permissions_that_a_colleague_gave_meanwhile_stay(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    change_user(
        cast.uma, customer=cast.contoso, actor=cast.gail, fields={}, roles=(Role.USER_ADMIN,)
    )
    response = save(alice, cast.uma, sent, city="Oslo")
    assert "Permissions: changed by Gail (gail@contoso.example)." in told(response)
    again = fields(response.content.decode())
    assert (again["permission"], again["limited_roles"]) == (["limited"], ["User administrator"])


def test_second_click_saves_once(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    first = save(alice, cast.uma, sent, city="Oslo")
    second = save(alice, cast.uma, sent, city="Oslo")
    assert first["Location"] == second["Location"] == address(cast.uma)
    assert Batch.objects.count() == 1


def test_nothing_changed_is_said(alice: Client, cast: Cast) -> None:
    response = alice.post(address(cast.uma), form(alice, cast.uma), follow=True)
    assert "Nothing was changed." in told(response)


def test_person_deleted_meanwhile_is_told_by_whom(alice: Client, cast: Cast) -> None:
    sent = form(alice, cast.uma)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = alice.post(address(cast.uma), {**sent, "city": "Oslo"}, follow=True)
    assert "Deleted by Gail on" in told(response)
    for deed in DEEDS:
        text = told(alice.get(address(cast.uma, deed), follow=True))
        assert "Uma was deleted meanwhile by Gail." in text


def test_deleted_person_can_be_restored_from_the_old_address(alice: Client, cast: Cast) -> None:
    product = ProductFactory.create(name="Mail")
    SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    html = read(alice, address(cast.uma))
    assert "Licenses held at the deletion Mail" in words(html)
    assert f'href="/customers/{cast.contoso.pk}/users/restore/?user={cast.uma.pk}"' in html
    assert problems(html) == []
    alice.force_login(cast.bob)
    html = read(alice, address(cast.uma))
    assert "/users/restore/" not in html
    assert "Who can: Account admin · Admin agent." in words(html)


def test_purged_and_overdue_people_are_not_found(alice: Client, cast: Cast) -> None:
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    User.objects.filter(pk=cast.uma.pk).update(
        deleted_at=timezone.now() - timedelta(days=2),
        purge_after=timezone.now() - timedelta(days=1),
    )
    for deed in ("", *DEEDS):
        assert alice.get(address(cast.uma, deed)).status_code == HTTPStatus.NOT_FOUND
    gone = UserFactory.create(customer=cast.contoso, deleted=True)
    url = address(gone)
    remove_users([gone], customer=cast.contoso, actor=cast.alice)
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND


def test_people_of_other_customers_and_staff_are_not_found(alice: Client, cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    for person in (stranger, cast.alice, cast.bob):
        for deed in ("", *DEEDS):
            url = f"/customers/{cast.contoso.pk}/users/{person.pk}/" + (f"{deed}/" if deed else "")
            assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
            assert alice.post(url).status_code == HTTPStatus.NOT_FOUND


def test_who_may_only_see_gets_no_form(client: Client, cast: Cast) -> None:
    client.force_login(cast.sally)
    html = read(client, address(cast.uma))
    assert "<input" not in html[html.index("<main") : html.index("</main>")]
    text = words(html)
    assert "Your role does not include this. Who can: Account admin · Admin agent." in text
    assert "Manage licenses" in text
    response = client.post(address(cast.uma), {"display_name": "Changed"})
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert User.objects.get(pk=cast.uma.pk).display_name == "Uma"


def test_user_administrator_does_not_reach_administrators(client: Client, cast: Cast) -> None:
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN]))
    text = words(read(client, address(cast.gail)))
    assert "This person is an administrator, which your role does not reach." in text
    for deed in DEEDS:
        response = client.get(address(cast.gail, deed))
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert client.post(address(cast.gail, deed)).status_code == HTTPStatus.FORBIDDEN
    assert client.post(address(cast.gail)).status_code == HTTPStatus.FORBIDDEN
    assert client.get(address(cast.uma, "delete")).status_code == HTTPStatus.OK


def test_nobody_blocks_deletes_resets_or_demotes_oneself(client: Client, cast: Cast) -> None:
    client.force_login(cast.gail)
    html = read(client, address(cast.gail))
    text = words(html)
    for reason in (
        "You can't block yourself.",
        "You can't delete yourself.",
        "use Change password",
    ):
        assert reason in text
    for deed in ("reset", "block", "delete"):
        assert address(cast.gail, deed) not in html
        assert client.get(address(cast.gail, deed)).status_code == HTTPStatus.FORBIDDEN
        assert client.post(address(cast.gail, deed)).status_code == HTTPStatus.FORBIDDEN
    sent = fields(html)
    assert "permission" not in sent
    save(client, cast.gail, sent, city="Oslo", permission="user")
    fresh = User.objects.get(pk=cast.gail.pk)
    assert (fresh.city, fresh.roles) == ("Oslo", (Role.GLOBAL_ADMIN,))


def test_activity_follows_the_role(client: Client, cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    reset_passwords([cast.uma], customer=cast.contoso, actor=cast.bob)
    client.force_login(cast.bob)
    text = words(read(client, address(cast.uma)))
    assert "Password reset · Bob" in text
    assert "Sign-in blocked · Alice" not in text
    client.force_login(UserFactory.create(customer=cast.contoso, roles=[Role.SERVICE_ADMIN]))
    assert "Recent activity" not in words(read(client, address(cast.uma)))


def test_reset_leads_to_the_sheet_once(alice: Client, cast: Cast) -> None:
    html = read(alice, address(cast.uma, "reset"))
    assert f"expires after {settings.TEMPORARY_PASSWORD_DAYS} days" in words(html)
    assert problems(html) == []
    sent = fields(html)
    first = alice.post(address(cast.uma, "reset"), sent)
    second = alice.post(address(cast.uma, "reset"), sent)
    sheet = CredentialSheet.objects.get()
    url = f"/customers/{cast.contoso.pk}/passwords/{sheet.pk}/"
    assert first["Location"] == second["Location"] == url
    assert User.objects.get(pk=cast.uma.pk).must_change_password


def test_block_and_allow_end_on_their_results(alice: Client, cast: Cast) -> None:
    response = do(alice, cast.uma, "block")
    text = told(alice.get(response["Location"]))
    assert "Sign-in blocked" in text
    assert "Uma uma@contoso.example – Done" in text
    assert "Blocked already." in told(alice.get(address(cast.uma, "block"), follow=True))
    response = do(alice, cast.uma, "allow")
    assert "Sign-in allowed" in told(alice.get(response["Location"]))
    assert "Sign-in is allowed already." in told(alice.get(address(cast.uma, "allow"), follow=True))


def test_delete_says_what_happens_and_does_it_once(
    alice: Client, cast: Cast, settings: Any
) -> None:
    settings.DELETED_USER_RETENTION_DAYS = 7
    product = ProductFactory.create(name="Mail")
    mail = SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    html = read(alice, address(cast.uma, "delete"))
    text = words(html)
    final = timezone.localtime(timezone.now() + timedelta(days=7))
    assert "1 seat is free at once: Mail." in text
    assert "For 7 days the account can be restored" in text
    assert f"On {final.day} {final:%B %Y}" in text
    assert problems(html) == []
    sent = fields(html)
    first = alice.post(address(cast.uma, "delete"), sent)
    second = alice.post(address(cast.uma, "delete"), sent)
    assert first["Location"] == second["Location"]
    text = told(alice.get(first["Location"]))
    assert "User deleted" in text
    assert "Seats freed Mail" in text
    mail.refresh_from_db()
    assert mail.assigned == 0
    assert Batch.objects.count() == 1


def test_delete_that_a_colleague_was_quicker_with_changes_nothing(
    alice: Client, cast: Cast
) -> None:
    sent = fields(read(alice, address(cast.uma, "delete")))
    delete_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    response = alice.post(address(cast.uma, "delete"), sent, follow=True)
    assert "Uma was deleted meanwhile by Gail." in told(response)
    assert Batch.objects.count() == 1


@pytest.mark.parametrize("deed", ["reset", "block", "delete"])
def test_session_from_before_never_works_again(cast: Cast, deed: str) -> None:
    """Not after it is taken back either."""
    admin, person = Client(), Client()
    admin.force_login(cast.alice)
    person.force_login(cast.uma)
    assert person.get("/me/").status_code == HTTPStatus.OK
    do(admin, cast.uma, deed)
    assert person.get("/me/")["Location"].startswith("/accounts/login/")
    if deed == "block":
        allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    if deed == "delete":
        restore_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert person.get("/me/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("deed", DEEDS)
def test_get_changes_nothing(alice: Client, cast: Cast, deed: str) -> None:
    alice.get(address(cast.uma, deed))
    assert not Batch.objects.exists()


def test_result_is_for_those_who_see_the_customer(alice: Client, cast: Cast) -> None:
    url = do(alice, cast.uma, "block")["Location"]
    html = read(alice, url)
    assert problems(html) == []
    for stranger in (cast.charlie, cast.support):
        alice.force_login(stranger)
        assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
        assert alice.post(url).status_code == HTTPStatus.NOT_FOUND
    alice.force_login(StaffFactory.create(partner=cast.fabrikam, only=[cast.northwind]))
    assert alice.get(url).status_code == HTTPStatus.NOT_FOUND
    alice.force_login(cast.bob)
    assert "Sign-in blocked" in words(read(alice, url))
    assert alice.post(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_long_result_is_paged(alice: Client, cast: Cast, settings: Any) -> None:
    settings.PAGE_SIZE = 2
    people = UserFactory.create_batch(5, customer=cast.contoso)
    batch = block_users(people, customer=cast.contoso, actor=cast.alice)
    text = words(read(alice, f"/batches/{batch.pk}/"))
    assert "5 users: done." in text
    assert "1 to 2 of 5" in text
    assert "5 to 5 of 5" in words(read(alice, f"/batches/{batch.pk}/?page=3"))


def test_queries_do_not_grow_with_licenses_events_or_people(alice: Client, cast: Cast) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            read(alice, url)
        return len(captured)

    def license_() -> None:
        product = ProductFactory.create(plans=("A", "B"))
        SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)

    license_()
    first = queries(address(cast.uma))
    license_()
    license_()
    assert queries(address(cast.uma)) == first
    one = block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    many = block_users(
        UserFactory.create_batch(3, customer=cast.contoso), customer=cast.contoso, actor=cast.alice
    )
    assert queries(f"/batches/{one.pk}/") == queries(f"/batches/{many.pk}/")
