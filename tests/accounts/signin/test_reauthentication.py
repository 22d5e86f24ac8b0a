"""Asked again before what is grave: a proof that is recent, and nothing lost on the way to it."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.views.generic import FormView, TemplateView
from pytest_django import Settings

from accounts.models import CredentialSheet, Delivery, User
from accounts.services.selections import choose, draw_token
from accounts.services.users import NewUser, add_users, delete_users, reset_passwords, restore_users
from accounts.signin.reauthentication import ProofMixin
from accounts.views.batches.base import BatchMixin
from customers.models import Batch, Customer
from customers.requests import PortalView
from customers.roles import Role
from customers.tenancy import CustomerScopeMixin, RoleMixin
from tests.accounts.signin.second_steps import (
    LONG_AGO,
    PROOF,
    client_of,
    code_of,
    give_app,
    prove,
    recovery_codes,
    sent_again,
)
from tests.factories import UserFactory
from tests.support.cast import PASSWORD, Cast
from tests.support.forms import fields, read
from tests.uploads.uploading import confirmed, upload_of
from uploads.models import Upload

BY_PASSWORD = "/accounts/reauthenticate/"
USERS = [["User Name", "Display Name"], ["ada@contoso.example", "Ada"]]


@pytest.fixture(autouse=True)
def required(settings: Settings) -> None:
    settings.REQUIRE_MFA = True


def grave_addresses(cast: Cast) -> dict[str, str]:
    """Each by GET, as alice may; the sheet is bob's, so that nothing of it is just made."""
    customer = cast.contoso
    users = UserFactory.create_batch(3, customer=customer)
    delete_users([users[0]], customer=customer, actor=cast.alice)
    delete_users([users[1]], customer=customer, actor=cast.alice)
    restored = restore_users([users[1]], customer=customer, actor=cast.alice).batch
    sheet = reset_passwords([users[1]], customer=customer, actor=cast.bob).sheet
    sheets = {
        name: reverse(f"accounts:{name}", args=[customer.pk, sheet.pk])
        for name in ("sheet-detail", "sheet-print", "sheet-mail", "sheet-download")
    }
    one = [customer.pk]
    return {
        "users-delete": f"{reverse('accounts:users-delete', args=one)}?user={users[2].pk}",
        "user-remove": f"{reverse('accounts:user-remove', args=one)}?user={users[0].pk}",
        "batch-undo": reverse("accounts:batch-undo", args=[restored.pk]),
        **sheets,
    }


def age_sheets() -> None:
    """To a day of before; what was done with them stays of now."""
    CredentialSheet.objects.update(created_at="2026-01-01T00:00Z")


def test_what_is_grave_asks_a_user_who_has_not_proven_who_they_are_lately(cast: Cast) -> None:
    give_app(cast.alice)
    stale, fresh = client_of(cast.alice, ago=LONG_AGO), client_of(cast.alice, ago=240)
    for name, url in grave_addresses(cast).items():
        for response in (stale.get(url), stale.post(url)):
            asked = urlsplit(response.headers.get("Location", ""))
            assert asked.path == PROOF, name
            back = url if name != "sheet-download" else f"/customers/{cast.contoso.pk}/passwords/"
            assert parse_qs(asked.query) == {"next": [back]}, name
        assert fresh.get(url).status_code == 200, name


def test_the_password_alone_is_no_proof_of_a_user_who_has_a_second_step(cast: Cast) -> None:
    cast.gives_password(cast.alice)
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    url = grave_addresses(cast)["users-delete"]
    response = client.post(f"{BY_PASSWORD}?next={url}", {"password": PASSWORD})
    assert response.headers["Location"].startswith(PROOF)
    assert client.get(url).headers["Location"].startswith(PROOF)


def test_a_customers_administrator_without_a_second_step_is_asked_for_the_password(
    cast: Cast,
) -> None:
    cast.gives_password(cast.gail)
    client = Client()
    client.force_login(User.objects.get(pk=cast.gail.pk))
    url = grave_addresses(cast)["users-delete"]
    asked = client.get(url)
    assert asked.headers["Location"].startswith(BY_PASSWORD)
    wrong = client.post(asked.headers["Location"], {"password": "wrong"})
    assert "This is not your password." in wrong.content.decode()
    assert client.post(asked.headers["Location"], {"password": PASSWORD})["Location"] == url
    assert client.get(url).status_code == 200


def test_nobody_without_a_second_step_is_asked_where_it_is_not_required(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    client = Client()
    client.force_login(cast.alice)
    for name, url in grave_addresses(cast).items():
        assert client.get(url).status_code == 200, name


def test_what_is_not_ones_own_stays_a_404(cast: Cast) -> None:
    give_app(cast.charlie)
    client = client_of(cast.charlie, ago=LONG_AGO)
    for name, url in grave_addresses(cast).items():
        assert client.get(url).status_code == 404, name


@pytest.mark.parametrize("gate", [CustomerScopeMixin, RoleMixin, BatchMixin])
def test_a_view_that_would_ask_before_it_looks_whose_data_it_is_can_not_be_imported(
    gate: type[PortalView],
) -> None:
    for bases in ((ProofMixin, gate), (TemplateView, ProofMixin, gate)):
        with pytest.raises(TypeError, match=f"Page must name ProofMixin behind {gate.__name__}."):
            type("Page", bases, {})
    page = type("Page", (gate, ProofMixin), {})
    assert issubclass(type("Heir", (page, FormView), {}), ProofMixin)


def test_a_form_whose_proof_ran_out_comes_back_with_selection_and_words(cast: Cast) -> None:
    secret = give_app(cast.alice)
    users = UserFactory.create_batch(3, customer=cast.contoso)
    token = _selection(cast, users)
    url = f"{reverse('accounts:users-delete', args=[cast.contoso.pk])}?s={token}"
    client = client_of(cast.alice, ago=0)
    form = client.get(url).context
    prove(client, cast.alice, ago=LONG_AGO)
    sent = {"key": form["key"], "frozen": form["frozen"], "reason": "Ticket 4711"}
    asked = client.post(url, sent)
    assert User.objects.active().filter(pk__in=[user.pk for user in users]).count() == 3
    assert client.post(asked["Location"], {"code": code_of(secret)})["Location"] == url
    page = client.get(url)
    assert page.context["todo"].count == 3
    assert 'value="Ticket 4711"' in page.content.decode()
    assert "Nothing was done yet" not in client.get(url).content.decode()
    again = {**sent, "key": page.context["key"], "frozen": page.context["frozen"]}
    client.post(url, again)
    assert not User.objects.active().filter(pk__in=[user.pk for user in users]).exists()
    assert Batch.objects.filter(kind="delete", by=cast.alice).count() == 1


def _selection(cast: Cast, users: list[User]) -> str:
    ids, token = [user.pk for user in users], draw_token()
    return choose(token, shown=ids, chosen=ids, customer=cast.contoso, actor=cast.alice).token


def test_what_was_typed_is_told_to_no_other_page(cast: Cast) -> None:
    give_app(cast.alice)
    urls = grave_addresses(cast)
    client = client_of(cast.alice, ago=LONG_AGO)
    client.post(urls["users-delete"], {"reason": "Ticket 4711"})
    prove(client, cast.alice)
    assert "4711" not in client.get(urls["user-remove"]).content.decode()
    assert "4711" in client.get(urls["users-delete"]).content.decode()
    assert "4711" not in client.get(urls["users-delete"]).content.decode()


def test_passwords_made_a_moment_ago_are_shown_to_their_maker_without_asking(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    url = reverse("accounts:sheet-detail", args=[cast.contoso.pk, sheet.pk])
    assert client.get(url).status_code == 200
    age_sheets()
    assert client.get(url).headers["Location"].startswith(PROOF)


def test_an_uploads_passwords_of_before_wait_for_a_proof(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    upload = upload_of(USERS, customer=cast.contoso, actor=cast.alice)
    confirmed(upload, actor=cast.alice)
    url = reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk])
    assert len(client.get(url).context["slips"]) == 1
    age_sheets()
    page = client.get(url)
    assert page.context["sheet"] is None
    show = page.context["show_url"]
    assert show in page.content.decode()
    assert client.get(show)["Location"].startswith(PROOF)
    prove(client, cast.alice)
    assert len(client.get(url).context["slips"]) == 1


def add_one(customer: Customer, *, onto: CredentialSheet, actor: User) -> None:
    new = NewUser("nora", customer.domains.get(), "Nora", {}, ())
    added = add_users([new], customer=customer, actor=actor, key="k" * 22, onto=onto)
    assert added.sheet == onto


def old_sheet_with_one_more(cast: Cast, maker: User) -> tuple[Upload, CredentialSheet]:
    upload = upload_of(USERS, customer=cast.contoso, actor=maker)
    confirmed(upload, actor=maker)
    sheet = CredentialSheet.objects.get()
    age_sheets()
    add_one(cast.contoso, onto=sheet, actor=maker)
    return upload, sheet


def test_one_more_user_makes_nothing_of_an_older_sheet_new(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    upload, sheet = old_sheet_with_one_more(cast, cast.alice)
    url = reverse("accounts:sheet-detail", args=[cast.contoso.pk, sheet.pk])
    assert client.get(url)["Location"].startswith(PROOF)
    url = reverse("uploads:upload-detail", args=[cast.contoso.pk, upload.pk])
    assert client.get(url).context["sheet"] is None
    prove(client, cast.alice)
    assert len(client.get(url).context["slips"]) == 2


def test_one_more_user_makes_nothing_of_supports_older_sheet_new(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=LONG_AGO)
    _upload, sheet = old_sheet_with_one_more(cast, cast.support)
    url = reverse("admin:accounts_credentialsheet_show", args=[sheet.pk])
    assert client.get(url)["Location"].startswith(PROOF)


def test_support_is_asked_before_a_sheet_of_before_is_shown(cast: Cast) -> None:
    give_app(cast.support)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.support).sheet
    age_sheets()
    client = client_of(cast.support, ago=LONG_AGO)
    url = reverse("admin:accounts_credentialsheet_show", args=[sheet.pk])
    assert client.get(url)["Location"].startswith(PROOF)
    prove(client, cast.support)
    assert client.get(url).status_code == 200


def test_a_recovery_code_is_a_proof_and_is_spent_by_it(cast: Cast) -> None:
    give_app(cast.alice)
    url, client = grave_addresses(cast)["users-delete"], client_of(cast.alice, ago=LONG_AGO)
    code = recovery_codes(cast.alice)[0]
    assert client.post(f"{PROOF}?next={url}", {"code": code})["Location"] == url
    assert code not in recovery_codes(cast.alice)


def test_ones_own_second_steps_are_guarded_even_where_nothing_is_required(
    cast: Cast, settings: Settings
) -> None:
    settings.REQUIRE_MFA = False
    client = Client()
    cast.gives_password(cast.bob)
    client.force_login(User.objects.get(pk=cast.bob.pk))
    assert client.get("/accounts/2fa/totp/activate/")["Location"].startswith(BY_PASSWORD)
    give_app(cast.bob)
    for path in ("totp/deactivate/", "recovery-codes/", "recovery-codes/generate/"):
        for response in (client.get(f"/accounts/2fa/{path}"), client.post(f"/accounts/2fa/{path}")):
            assert response["Location"].startswith(PROOF), path
    assert client.get("/accounts/2fa/recovery-codes/download/")["Location"].startswith(PROOF)


def test_the_page_that_asks_leads_to_no_other_host(cast: Cast) -> None:
    secret = give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    answer = client.post(f"{PROOF}?next=https://evil.example/", {"code": code_of(secret)})
    assert answer["Location"] == "/"


def test_what_was_chosen_on_pages_of_the_team_is_kept(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=0)
    roles = [Role.ADMIN_AGENT.value, Role.SALES_AGENT.value]
    page = f"/team/{cast.bob.pk}/"
    sent = fields(read(client, page)) | {"display_name": ["Robert"], "roles": roles}
    again = sent_again(client, cast.alice, page, sent)
    assert again.context["form"].errors == {}
    form = fields(again.content.decode())
    assert (form["display_name"], form["roles"]) == (["Robert"], roles)
    assert client.post(page, form).status_code == 302
    assert set(User.objects.with_roles().get(pk=cast.bob.pk).roles) == set(map(Role, roles))
    customers = f"{page}customers/"
    chosen = {"reach": ["some"], "customer": [str(cast.contoso.pk), str(cast.northwind.pk)]}
    form = fields(read(client, customers)) | chosen
    again = fields(sent_again(client, cast.alice, customers, form).content.decode())
    assert set(again["customer"]) == set(chosen["customer"])
    assert again["reach"] == ["some"]
    again = sent_again(client, cast.alice, f"{page}block/", {"reason": "Ticket 4711"})
    assert 'value="Ticket 4711"' in again.content.decode()


def test_a_choice_of_where_to_mail_is_kept_and_not_sent(cast: Cast) -> None:
    give_app(cast.alice)
    url = grave_addresses(cast)["sheet-mail"]
    again = sent_again(client_of(cast.alice, ago=0), cast.alice, url, {"to": "self"})
    assert fields(again.content.decode())["to"] == ["self"]
    assert not Delivery.objects.exists()


def test_the_admins_action_is_back_with_the_rows_that_were_chosen(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=0)
    users = UserFactory.create_batch(3, customer=cast.contoso)
    ids = [str(user.pk) for user in users]
    url = f"{reverse('admin:accounts_user_changelist')}?q=contoso"
    for more in ({}, {"confirmed": "yes", "key": "k" * 22}):
        sent = {"action": "delete_selected", "_selected_action": ids, **more}
        page = sent_again(client, cast.support, url, sent)
        assert [str(row.pk) for row in page.context["rows"]] == ids
        assert User.objects.active().filter(pk__in=ids).count() == 3
        assert "rows" not in client.get(url).context, "it is asked once"
    html = page.content.decode()
    form = {"action": "delete_selected", "confirmed": "yes", "_selected_action": ids}
    assert all(f'name="_selected_action" value="{pk}"' in html for pk in ids)
    assert client.post(page.request["PATH_INFO"], form).status_code == 302
    assert not User.objects.active().filter(pk__in=ids).exists()


def test_a_user_who_does_not_prove_has_the_list_and_nothing_else(cast: Cast) -> None:
    give_app(cast.support)
    client = client_of(cast.support, ago=LONG_AGO)
    url = reverse("admin:accounts_user_changelist")
    asked = client.post(url, {"action": "delete_selected", "_selected_action": [cast.uma.pk]})
    assert asked.headers["Location"].startswith(PROOF)
    assert client.get(url).context["cl"].result_count
    assert User.objects.active().filter(pk=cast.uma.pk).exists()


def test_a_thousand_rows_fit_into_what_is_kept(cast: Cast) -> None:
    give_app(cast.support)
    client, url = client_of(cast.support, ago=0), reverse("admin:accounts_user_changelist")
    ids = [str(cast.uma.pk), *map(str, range(10**12, 10**12 + 999))]
    sent = {"action": "delete_selected", "_selected_action": ids}
    page = sent_again(client, cast.support, url, sent)
    assert [row.pk for row in page.context["rows"]] == [cast.uma.pk]


def test_a_password_that_was_typed_is_not_kept(cast: Cast) -> None:
    give_app(cast.alice)
    client = Client()
    client.force_login(cast.alice)
    asked = client.post("/accounts/password/change/", {"oldpassword": PASSWORD})
    assert asked.headers["Location"].startswith(PROOF)
    assert PASSWORD not in repr(dict(client.session))


def test_the_page_that_asks_says_why_and_leads_back_where_one_came_from(cast: Cast) -> None:
    give_app(cast.alice)
    client = client_of(cast.alice, ago=LONG_AGO)
    users = reverse("accounts:user-list", args=[cast.contoso.pk])
    two = UserFactory.create_batch(2, customer=cast.contoso)
    query = "&".join(f"user={user.pk}" for user in two)
    address = f"{reverse('accounts:users-delete', args=[cast.contoso.pk])}?{query}"

    def cancel(**headers: str) -> str:
        page = client.get(address, headers=headers, follow=True).content.decode()
        assert "changes permissions" in page
        return page.split(">Cancel<")[0].rpartition('href="')[2].rstrip('"')

    assert cancel() == users
    assert cancel(Referer=f"http://testserver{users}?s=token") == f"{users}?s=token"
    assert cancel(Referer=f"https://elsewhere.example{users}deleted/") == users
    assert cancel(Referer="http://testserver/accounts/2fa/reauthenticate/") == users
