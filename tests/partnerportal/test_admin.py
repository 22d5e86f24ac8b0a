"""The admin as a whole: who is let in, and that every page of every model stands, discreetly."""

import re
from http import HTTPStatus

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import CredentialSheet, Delivery, MailTo, User
from accounts.services.mail import mail_sheet
from accounts.services.users import reset_passwords
from customers.models import AuditEvent, Batch
from tests.accounts.sheets import stored
from tests.factories import SupportFactory, UserFactory
from tests.support.access import World, answers, signed_in
from tests.support.admin import make_rows, typed
from tests.support.cast import Cast

# Neither a stored password nor what a sheet holds: argon2, the fast hash, an unusable one, Fernet.
SECRET = re.compile(r"argon2\$|generated_sha256\$|gAAAAA|\$v=19\$")
MOST_QUERIES = 12
# Models of packages that the portal does not use through the admin, and what commands alone read.
ELSEWHERE = {
    "account.EmailAddress",
    "account.EmailConfirmation",
    # Figures, which Reports has.
    "accounts.SeatDay",
    "accounts.SeatMonth",
    "accounts.UserDay",
    "accounts.UserMonth",
    "api.WebhookCustomer",
    "allauth_idp_oidc.Client",
    "allauth_idp_oidc.Token",
    "api.RememberedCall",
    "api.TokenCustomer",
    "applications.ApplicationCustomer",
    "applications.ApplicationPlan",
    "applications.Logout",
    "auth.Permission",
    "automation.NoticeChoice",
    "automation.NoticeSettings",
    "automation.ReportReader",
    "automation.ReviewReviewer",
    "automation.RuleException",
    "automation.RuleSubscription",
    "automation.ScheduledUser",
    "automation.Unsettled",
    "contenttypes.ContentType",
    "customers.AuditCount",
    "customers.Favorite",
    "customers.Follower",
    # On the page of their partner.
    "customers.HostName",
    "customers.Logo",
    "customers.Visit",
    "sessions.Session",
    "usersessions.UserSession",
}


@pytest.fixture
def support(client: Client, cast: Cast) -> Client:
    client.force_login(cast.support)
    return client


@pytest.fixture
def rows(cast: Cast) -> None:
    make_rows(cast)


def _models() -> list[type[models.Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)  # noqa: SLF001


def _address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_is_in_the_admin() -> None:
    known = {model._meta.label for model in apps.get_models()}
    assert known - {model._meta.label for model in _models()} == ELSEWHERE & known


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_every_page_of_a_model_stands_with_few_queries_and_without_a_secret(
    model: type[models.Model], support: Client
) -> None:
    row = model._default_manager.order_by("-pk").first()
    assert row is not None, "a row in the fixture"
    shown = [_address(model, "changelist"), f"{_address(model, 'changelist')}?q=a+1"]
    shown += [_address(model, page, row.pk) for page in ("change", "history")]
    barred = [_address(model, "add"), _address(model, "delete", row.pk)]
    for url in [*shown, *barred]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = support.get(url)
        allowed = {HTTPStatus.OK} if url in shown else {HTTPStatus.OK, HTTPStatus.FORBIDDEN}
        assert response.status_code in allowed, url
        assert len(queries) <= MOST_QUERIES, url
        assert not SECRET.search(response.content.decode()), url


@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_a_row_that_is_not_there_is_the_not_found_page(
    model: type[models.Model], support: Client
) -> None:
    for url in (
        _address(model, page, pk) for page in ("change", "history") for pk in (987654, "x")
    ):
        assert support.get(url).status_code == HTTPStatus.NOT_FOUND, url


def test_the_walk_would_find_a_secret(cast: Cast) -> None:
    cast.gives_password(cast.alice)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.alice).sheet
    uma = User.objects.get(pk=cast.uma.pk)
    assert all(SECRET.search(text) for text in (cast.alice.password, uma.password))
    assert all(map(SECRET.search, stored(sheet)))
    assert stored(sheet)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", [User, AuditEvent, Batch, CredentialSheet, Delivery])
def test_a_list_asks_as_often_for_many_rows_as_for_few(
    model: type[models.Model], support: Client, cast: Cast
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            support.get(_address(model, "changelist"))
        return len(captured)

    before = queries()
    for user in UserFactory.create_batch(3, customer=cast.northwind):
        sheet = reset_passwords([user], customer=cast.northwind, actor=cast.support).sheet
        mail_sheet(sheet, MailTo.SELF, actor=cast.support)
    assert queries() == before


def test_a_stranger_is_led_to_the_portals_sign_in(client: Client, db: None) -> None:
    response = client.get("/admin/accounts/user/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")
    assert "account/login.html" in [template.name for template in response.templates]


@pytest.mark.parametrize("page", ["login/", "logout/", "password_change/", "password_change/done/"])
def test_the_admin_has_no_sign_in_of_its_own(page: str, support: Client) -> None:
    response = support.post(f"/admin/{page}", {"username": "a", "password": "b"})
    assert response.status_code == HTTPStatus.FOUND
    assert response.headers["Location"] in {
        "/admin/",
        "/accounts/logout/",
        "/accounts/password/change/",
    }


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("who", ["alice", "bob", "charlie", "gail", "uma"])
def test_for_everybody_else_there_is_no_admin(who: str, client: Client, cast: Cast) -> None:
    client.force_login(getattr(cast, who))
    sheet = CredentialSheet.objects.get()
    urls = ["/admin/", "/admin/login/", "/admin/logout/", "/admin/jsi18n/", "/admin/no/such/"]
    urls += [_address(model, "changelist") for model in _models()]
    urls += [_address(User, "export"), _address(User, "add"), _address(User, "change", 1)]
    urls += [_address(CredentialSheet, page, sheet.pk) for page in ("show", "done")]
    found = {url for url in urls if client.get(url).status_code != HTTPStatus.NOT_FOUND}
    found |= {url for url in urls if client.post(url).status_code != HTTPStatus.NOT_FOUND}
    assert found == set()


def test_support_staff_with_a_temporary_password_choose_one_first(client: Client, db: None) -> None:
    client.force_login(SupportFactory.create(temporary=True))
    response = client.get("/admin/accounts/user/")
    assert response.headers["Location"] == reverse("accounts:password-choose")


@pytest.mark.usefixtures("rows")
def test_support_staff_see_and_do_what_their_group_says(client: Client, cast: Cast) -> None:
    group = Group.objects.create(name="Readers")
    group.permissions.set(Permission.objects.filter(codename__in=["view_user", "view_auditevent"]))
    reader = SupportFactory.create(is_superuser=False)
    reader.groups.add(group)
    client.force_login(reader)
    assert client.get(_address(User, "changelist")).status_code == HTTPStatus.OK
    assert client.get(_address(Batch, "changelist")).status_code == HTTPStatus.FORBIDDEN
    assert client.get(_address(User, "add")).status_code == HTTPStatus.FORBIDDEN
    chosen = {"_selected_action": [cast.uma.pk], "confirmed": "yes"}
    for action in ("reset_password", "block", "allow", "restore", "delete_selected"):
        client.post(_address(User, "changelist"), {"action": action, **chosen})
    cast.uma.refresh_from_db()
    assert (cast.uma.blocked_at, cast.uma.deleted_at, cast.uma.session_epoch) == (None, None, 0)


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_support_staff_who_may_only_look_see_each_row_and_send_nothing(
    model: type[models.Model], client: Client
) -> None:
    helper = SupportFactory.create(is_superuser=False)
    kind, label = model._meta.model_name, model._meta.app_label
    may = Permission.objects.get(codename=f"view_{kind}", content_type__app_label=label)
    helper.user_permissions.add(may)
    client.force_login(helper)
    assert client.get(_address(model, "changelist")).status_code == 200
    for pk in model._default_manager.order_by("-pk").values_list("pk", flat=True)[:2]:
        url = _address(model, "change", pk)
        page = client.get(url)
        assert (page.status_code, client.post(url, typed(page)).status_code) == (200, 403)


def test_djangos_own_log_holds_names_of_fields_and_no_value(support: Client, cast: Cast) -> None:
    url = _address(User, "change", cast.uma.pk)
    support.post(url, {**typed(support.get(url)), "mobile_phone": "+1 555 0100 77"})
    entry = LogEntry.objects.get()
    assert "Mobile phone" in entry.change_message
    assert "0100 77" not in entry.change_message


@pytest.mark.parametrize("chosen", ["x", "1\r\n", "9" * 40, "-1", "1.5", ""])
@pytest.mark.parametrize("model", [User, AuditEvent], ids=["written", "read"])
def test_a_chosen_row_that_can_be_none_is_the_404_page(
    client: Client, cast: Cast, model: type[models.Model], chosen: str
) -> None:
    client.force_login(cast.support)
    address = f"/admin/{model._meta.label_lower.replace('.', '/')}/"
    answer = client.post(address, {"action": "block", "_selected_action": [chosen]})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/no/such/"])
def test_the_admin_is_there_for_support_staff_alone(path: str, world: World) -> None:
    cast = world.cast
    for user in (cast.alice, cast.bob, cast.charlie, cast.gail, cast.uma):
        assert answers(signed_in(user), path) == [404, 404]
    known = "such" not in path
    assert (signed_in(world.cast.support).get(path).status_code == HTTPStatus.OK) is known


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("model", _models(), ids=lambda model: model._meta.label)
def test_no_page_of_a_row_shows_json_as_it_is_stored(
    model: type[models.Model], support: Client
) -> None:
    for row in model._default_manager.order_by("-pk")[:5]:
        # But for what a webhook was sent, which is JSON.
        page = support.get(_address(model, "change", row.pk)).content.decode()
        shown = re.findall(r'<div class="readonly">(.*?)</div>', page, re.DOTALL)
        found = [text for text in shown if re.match(r"\s*[\[{]", text)]
        assert len(found) == (model._meta.label == "api.WebhookDelivery"), found
