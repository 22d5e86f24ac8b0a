"""Every address of the resolver, GET and POST, as every user: the answers of the access table.

The table (tests/support/role_table.py) is the design's, not read from the code that keeps it.
"""

import re
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from customers.roles import GRANTS, Capability, Reach, Role
from licensing.models import Subscription
from tests.api.pages.sources import CALLED_BY_SCRIPTS, SOURCES
from tests.api.pages.tokens import INTEGRATION, INTEGRATIONS, TOKEN, TOKENS
from tests.api.pages.webhooks import WEBHOOK, WEBHOOKS
from tests.applications.pages import APPLICATION, APPLICATIONS, CALLED
from tests.automation.pages import roles as automation
from tests.automation.pages.notices import BY_MAIL, NOTICES
from tests.automation.pages.requests import OWN_REQUESTS
from tests.licensing.catalog.pages import CATALOG, PRODUCT
from tests.support import role_table
from tests.support.access import World, address, answers, arguments, read_out, signed_in, undone
from tests.support.pages import names
from tests.support.role_table import BRAND, ROW_OF, may, may_look, reach_in_table

pytestmark = pytest.mark.usefixtures("quiet")

A = Role.ACCOUNT_ADMIN
STAFF = {A, Role.ADMIN_AGENT, Role.SALES_AGENT, Role.HELPDESK_AGENT}
SEE = may(role_table.SEE)
MANAGE_USERS = may(role_table.USERS)
MANAGE_ALL_USERS = {role for role in Role if reach_in_table(role_table.USERS, role) == Reach.FULL}
DELETE_PERMANENTLY = may(role_table.PERMANENTLY)
MANAGE_LICENSES = may(role_table.LICENSES)
RESET_PASSWORDS = may(role_table.RESET)
SEE_SUBSCRIPTIONS = may_look(role_table.SUBSCRIPTIONS)
MANAGE_SUBSCRIPTIONS = may(role_table.SUBSCRIPTIONS)
ACTIVITY = may(role_table.ACTIVITY)
# Of all customers at once: staff who see more of each log than their own actions.
ALL_ACTIVITY = {role for role in STAFF if reach_in_table(role_table.ACTIVITY, role) == Reach.FULL}
MANAGE_CUSTOMERS = may(role_table.CUSTOMERS)
MANAGE_TEAM = may(role_table.TEAM)

# Pages within a customer: whose role they take. A sheet is its maker's and the account admins'.
IN_CUSTOMER: dict[str, set[Role]] = {
    "accounts:license-manage": MANAGE_LICENSES,
    "accounts:license-who": MANAGE_LICENSES,
    "accounts:sheet-list": RESET_PASSWORDS,
    "uploads:column-list": MANAGE_USERS,
    "uploads:upload-add": MANAGE_USERS,
    "uploads:select-list": SEE,
    "uploads:upload-answer": MANAGE_USERS,
    "uploads:upload-assigning": MANAGE_USERS,
    "uploads:upload-cancel": MANAGE_USERS,
    "uploads:upload-columns": MANAGE_USERS,
    "uploads:upload-confirm": MANAGE_USERS,
    "uploads:upload-detail": MANAGE_USERS,
    "uploads:upload-errors": MANAGE_USERS,
    "uploads:upload-list": MANAGE_USERS,
    "uploads:upload-options": MANAGE_USERS,
    "uploads:upload-reading": MANAGE_USERS,
    "uploads:upload-repair": MANAGE_USERS,
    "uploads:upload-row": MANAGE_USERS,
    "uploads:upload-start": MANAGE_USERS,
    "uploads:upload-template": MANAGE_USERS,
    "accounts:user-add": MANAGE_USERS,
    "accounts:user-allow": MANAGE_USERS,
    "accounts:user-block": MANAGE_USERS,
    "accounts:user-data": MANAGE_USERS,
    "accounts:user-name": MANAGE_USERS,
    "accounts:user-delete": MANAGE_USERS,
    "accounts:user-deleted": SEE,
    "accounts:user-detail": SEE,
    "accounts:user-export": SEE,
    "accounts:user-filter": SEE,
    "accounts:user-list": SEE,
    "accounts:user-remove": DELETE_PERMANENTLY,
    "accounts:user-reset": RESET_PASSWORDS,
    "accounts:user-restore": MANAGE_USERS,
    "customers:activity-batch": ACTIVITY,
    "accounts:user-second-step": RESET_PASSWORDS,
    "accounts:users-allow": MANAGE_USERS,
    "accounts:users-block": MANAGE_USERS,
    "accounts:users-change": MANAGE_USERS,
    "accounts:users-delete": MANAGE_USERS,
    "accounts:users-reset": RESET_PASSWORDS,
    **dict.fromkeys(SOURCES, MANAGE_ALL_USERS),
    **automation.IN_CUSTOMER,
    "api:user-release": MANAGE_USERS,
    "applications:user-sign-out": MANAGE_USERS,
    "accounts:user-select": SEE,
    "accounts:user-columns": SEE,
    "customers:activity-export": ACTIVITY,
    "customers:activity-list": ACTIVITY,
    "customers:customer-account": SEE,
    "customer-switch": SEE,
    "customers:customer-detail": SEE,
    "customers:customer-favorite": SEE,
    "customers:domain-add": MANAGE_CUSTOMERS,
    "customers:domain-primary": MANAGE_CUSTOMERS,
    "customers:domain-remove": MANAGE_CUSTOMERS,
    "licensing:subscription-add": MANAGE_SUBSCRIPTIONS,
    "licensing:subscription-cancel": MANAGE_SUBSCRIPTIONS,
    "licensing:subscription-detail": MANAGE_SUBSCRIPTIONS,
    "licensing:subscription-list": SEE_SUBSCRIPTIONS,
    "licensing:subscription-resume": MANAGE_SUBSCRIPTIONS,
    "licensing:subscription-price": MANAGE_SUBSCRIPTIONS,
    "licensing:subscription-suspend": MANAGE_SUBSCRIPTIONS,
}
# Pages that some may only read: who may save there.
SAVED_BY = {"accounts:user-detail": MANAGE_USERS, "customers:customer-account": MANAGE_CUSTOMERS}
SHEETS = {
    *("accounts:sheet-copied", "accounts:sheet-detail"),
    *("accounts:sheet-done", "accounts:sheet-download"),
    "accounts:sheet-mail",
    "accounts:sheet-print",
}
BATCHES = {"accounts:batch-cancel", "accounts:batch-detail", "accounts:batch-undo"}
FILTERS = {"accounts:filter-delete"}
# A row of one's own; everyone else's, and one that is not there, are a 404.
OWN_ROWS = {"accounts:session-end", "applications:session-end", "mfa_remove_webauthn", *TOKEN}
OWN_ROWS |= automation.OWN
# Of a user in the partner's team: the address names bob.
DONE_TO_THEM = ("allow", "block", "customers", "password", "remove", "reset", "second-step")
MEMBER = {f"accounts:team-{name}" for name in ("detail", *DONE_TO_THEM)}
# Of the portal as such, by role.
OF_PARTNER: dict[str, set[Role]] = {
    **dict.fromkeys(
        (*APPLICATION, *APPLICATIONS, *WEBHOOK, *WEBHOOKS), may(role_table.APPLICATIONS)
    ),
    **dict.fromkeys((*PRODUCT, *CATALOG), may(role_table.CATALOG)),
    **dict.fromkeys(MEMBER, MANAGE_TEAM),
    **dict.fromkeys((*INTEGRATION, *INTEGRATIONS), MANAGE_TEAM),
    **dict.fromkeys(TOKENS, SEE),
    **dict.fromkeys(("accounts:branding", "accounts:help-contact"), MANAGE_TEAM),
    **dict.fromkeys(("accounts:team-activity", "accounts:team-add"), MANAGE_TEAM),
    "accounts:team-list": MANAGE_TEAM,
    **dict.fromkeys(("accounts:month-report", "accounts:month-report-export"), SEE_SUBSCRIPTIONS),
    "accounts:batch-list": SEE,
    **automation.OVER_ALL,
    "customers:activity-all": ACTIVITY,
    "customers:activity-all-export": ALL_ACTIVITY,
    "customers:customer-add": MANAGE_CUSTOMERS,
    "accounts:customer-attention": SEE,
    "customers:customer-list": SEE,
    "search": SEE,
}
OWN = {
    *OWN_REQUESTS,
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "accounts:kept-form",
    "accounts:me",
    "accounts:me-data",
    "accounts:password-choose",
    "accounts:session-end-others",
    "accounts:session-list",
    "api-document",
    "applications:my-apps",
    "home",
    *("mfa_activate_totp", "mfa_add_webauthn", "mfa_deactivate_totp"),
    *("mfa_download_recovery_codes", "mfa_generate_recovery_codes", "mfa_index"),
    *("mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
    "mfa_view_recovery_codes",
    *("help", "keys", "oidc:logout-confirm", "theme"),
}
OPEN = {"account_inactive", "account_login", "accounts:forgot", "health-live", "health-ready"}
OPEN |= {"at-work"}  # Empty to strangers.
# Between the password and being signed in; without the one, the sign-in page.
BETWEEN = {"mfa_authenticate", "mfa_login_webauthn"}
# For who has the token of the monitoring: tests/partnerportal/serving/test_health.py.
INSIDE = {"health-status", "metrics"}
# A change of the page alone may refuse POST or GET; which, is the page's own test.
FINE = {
    HTTPStatus.OK,
    HTTPStatus.FOUND,
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.CONFLICT,
}
# The sentences of customers.roles.who_can.
WHO_CAN = re.compile("Ask one of these roles:|Only your partner")
NO_SUCH = 9_000_000_000


@pytest.mark.parametrize("role", Role)
def test_the_code_grants_what_the_table_says_and_no_more(role: Role) -> None:
    told = {capability: reach_in_table(row, role) for capability, row in ROW_OF.items()}
    sees = Reach.FULL if role in SEE_SUBSCRIPTIONS else Reach.NONE
    told[Capability.SEE_SUBSCRIPTIONS] = sees
    told[Capability.EXPORT_ACTIVITY] = Reach.FULL if role in ALL_ACTIVITY else Reach.NONE
    granted = GRANTS[role]
    assert {capability: granted.get(capability, Reach.NONE) for capability in Capability} == told


def test_the_table_names_each_address_once_and_no_other() -> None:
    within = [*IN_CUSTOMER, *SHEETS, *BATCHES, *FILTERS, *OF_PARTNER]
    listed = [*within, *OWN, *OWN_ROWS, *OPEN, *INSIDE, *BETWEEN, *CALLED, *CALLED_BY_SCRIPTS]
    listed += [*NOTICES, *BY_MAIL, *BRAND]
    assert sorted(listed) == sorted(names())


def test_nobody_registers_and_no_mail_resets_a_password(db: None) -> None:
    unwanted = ("signup", "email", "confirm-email", "password/reset", "password/set", "login/code")
    for path in unwanted:
        assert Client().get(f"/accounts/{path}/").status_code == HTTPStatus.NOT_FOUND


def test_anonymous_gets_the_sign_in_page(world: World) -> None:
    for name in sorted(set(names()) - OPEN - INSIDE - BY_MAIL - BRAND - CALLED - CALLED_BY_SCRIPTS):
        unknown = dict.fromkeys(arguments(name, world), NO_SUCH)
        for url in (address(name, world), reverse(name, kwargs=unknown)):
            for response in (Client().get(url), Client().post(url)):
                assert response.headers.get("Location", "").startswith("/accounts/login/"), url


@pytest.mark.parametrize("name", sorted(OPEN))
def test_open_pages_need_no_sign_in(name: str, db: None) -> None:
    assert Client().get(reverse(name)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("who", ["charlie", "support"])
def test_a_stranger_gets_the_same_404_as_for_an_unknown_id(who: str, world: World) -> None:
    client = signed_in(getattr(world.cast, who))
    wrong = []
    # Support staff have no team of which someone could be unknown, applications or products.
    own = MEMBER | APPLICATION | PRODUCT | INTEGRATION | WEBHOOK
    of_partner = own if who == "charlie" else set()
    for name in sorted({*IN_CUSTOMER, *SHEETS, *BATCHES, *FILTERS, *of_partner}):
        unknown = dict.fromkeys(arguments(name, world), NO_SUCH)
        urls = [address(name, world), reverse(name, kwargs=unknown)]
        pages = [ask(url) for url in urls for ask in (client.get, client.post)]
        found = [page.status_code for page in pages]
        foreign, missing = (
            _text(page.content, url) for page, url in zip(pages[::2], urls, strict=True)
        )
        if found != [HTTPStatus.NOT_FOUND] * 4 or foreign != missing:
            wrong.append((name, found))
    assert wrong == []


def _text(content: bytes, url: str) -> str:
    text = re.sub(r"As of [^<]*", "", content.decode()).replace(url, "")
    return re.sub(r"\b[A-Za-z0-9]{64}\b", "token", text)


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_the_table_says(role: Role, world: World) -> None:
    client = signed_in(world.user_with(role))
    wrong = []
    for name, allowed in sorted((IN_CUSTOMER | OF_PARTNER).items()):
        with undone():
            found = answers(client, address(name, world) + _query(name, world))
        both = (allowed, SAVED_BY.get(name, allowed))
        expected = [FINE if role in roles else {HTTPStatus.FORBIDDEN} for roles in both]
        if any(code not in codes for code, codes in zip(found, expected, strict=True)):
            wrong.append((name, found))
    assert wrong == []


def _query(name: str, world: World) -> str:
    """What an address has to say besides whose customer it is."""
    user = f"?user={world.cast.uma.pk}"
    if name == "accounts:license-who":
        pool = Subscription.objects.filter(customer=world.cast.contoso).order_by("pk")[0].pk
        return f"{user}&subscription={pool}"
    if name == "accounts:user-name":
        domain = world.cast.contoso.domains.order_by("pk")[0].pk
        return f"?user_name=new&domain={domain}"
    return user if name == "accounts:license-manage" else ""


@pytest.mark.parametrize("who", ["a plain user", "staff without a role"])
def test_without_a_role_one_is_told_who_can(who: str, world: World) -> None:
    client = signed_in(world.cast.uma if who == "a plain user" else world.user_with(None))
    wrong = []
    for name in sorted({*IN_CUSTOMER, *OF_PARTNER}):
        url = address(name, world)
        page, posted = client.get(url), client.post(url)
        codes = [page.status_code, posted.status_code]
        if codes != [HTTPStatus.FORBIDDEN] * 2 or not WHO_CAN.search(page.content.decode()):
            wrong.append(name)
    assert wrong == []


def test_a_sheet_is_its_makers_and_the_account_admins(world: World) -> None:
    """Bob's: whose role hands passwords over gets a 404 for another's sheet."""
    wrong: list[tuple[str, str, list[int]]] = []
    for role in Role:
        client = signed_in(world.user_with(role))
        refused = HTTPStatus.NOT_FOUND if role in RESET_PASSWORDS else HTTPStatus.FORBIDDEN
        for name in sorted(SHEETS):
            with undone():
                found = answers(client, address(name, world))
            if not (FINE if role == A else {refused}).issuperset(found):
                wrong.append((role, name, found))
    for name in sorted(SHEETS):
        with undone():
            own = answers(signed_in(world.cast.bob), address(name, world))
        if not FINE.issuperset(own):
            wrong.append(("bob", name, own))
    assert wrong == []


def test_a_saved_filter_is_its_makers_alone(world: World) -> None:
    for url in [address(name, world) for name in sorted(FILTERS)]:
        for role in Role:
            refused = HTTPStatus.NOT_FOUND if role in SEE else HTTPStatus.FORBIDDEN
            assert answers(signed_in(world.user_with(role)), url) == [refused] * 2, role
        assert answers(signed_in(world.cast.uma), url) == [HTTPStatus.FORBIDDEN] * 2
        with undone():
            assert FINE.issuperset(answers(signed_in(world.cast.bob), url))


def test_anothers_action_is_shown_as_far_as_ones_own_go(world: World) -> None:
    """Bob's reset: to users who reset passwords too, and to those who see all of the activity."""
    sees_all = {other for other in ACTIVITY if reach_in_table(role_table.ACTIVITY, other) == 2}
    listed = reverse("accounts:batch-list") + "?who=everybody"
    acts = ("accounts:batch-undo", "accounts:batch-cancel")
    for role in Role:
        client, shown = signed_in(world.user_with(role)), role in RESET_PASSWORDS | sees_all
        page = client.get(address("accounts:batch-detail", world))
        assert page.status_code == (HTTPStatus.OK if shown else HTTPStatus.FORBIDDEN), role
        assert shown or WHO_CAN.search(page.content.decode()), role
        batches = {row.batch.pk for row in client.get(listed).context["rows"]}
        assert (world.sheet.batch_id in batches) is shown, role
        with undone():
            found = [code for name in acts for code in answers(client, address(name, world))]
        assert shown or set(found) == {HTTPStatus.FORBIDDEN}, role


def test_a_customers_administrator_knows_the_own_customer_alone(world: World) -> None:
    client = signed_in(world.cast.gail)
    others = {"customer": world.neighbor.pk, **world.foreign}
    found = {
        name: answers(client, address(name, world, **others))
        for name in {*IN_CUSTOMER, *SHEETS, *BATCHES, *FILTERS}
    }
    assert {name: codes for name, codes in found.items() if codes != [404, 404]} == {}


def test_staff_limited_to_other_customers_get_404(world: World) -> None:
    limited = world.user_with(A)
    User.objects.filter(pk=limited.pk).update(limited_to_customers=True)
    client = signed_in(limited)
    for name in sorted({*IN_CUSTOMER, *SHEETS, *BATCHES}):
        url = address(name, world) + (_query(name, world) or f"?user={world.cast.uma.pk}")
        limited.allowed_customers.clear()
        assert answers(client, url) == [404, 404], name
        limited.allowed_customers.add(world.cast.contoso)
        with undone():
            assert 404 not in answers(client, url), name


@pytest.mark.parametrize("role", sorted(STAFF))
def test_what_is_not_open_to_limited_staff_is_on_no_page(role: Role, world: World) -> None:
    """Every page of the portal as such, in the orders and with the searches that it has."""
    limited = world.user_with(role)
    User.objects.filter(pk=limited.pk).update(limited_to_customers=True)
    limited.allowed_customers.add(world.neighbor)
    client, leaks = signed_in(limited), []
    contoso = world.cast.contoso
    # So that there is something to attend to.
    Subscription.objects.filter(customer=contoso).update(quantity=1, assigned=1)
    secret = re.compile(
        rf"contoso\.example|>Contoso<|/customers/{contoso.pk}/|/batches/{world.sheet.batch_id}/"
    )
    for name in sorted(OF_PARTNER.keys() - MEMBER - APPLICATION - PRODUCT - INTEGRATION - WEBHOOK):
        for query in ("", "?who=everybody", "?q=ontos", "?sort=-name", "?page=2"):
            page = client.get(address(name, world) + query)
            if secret.search(read_out(page).decode(errors="replace")):
                leaks.append((name, query))
    assert leaks == []
    everywhere = signed_in(world.user_with(role))
    for name in ("customers:customer-list", "accounts:customer-attention"):
        assert secret.search(everywhere.get(reverse(name)).content.decode()), name


@pytest.mark.parametrize(
    "key", ["user", "domain", "subscription", "sheet", "batch", "upload", "rule"]
)
def test_an_id_of_another_customer_is_a_404_within_ones_own(key: str, world: World) -> None:
    client = signed_in(world.cast.alice)
    wrong = []
    for name in sorted({*IN_CUSTOMER, *SHEETS}):
        if key in arguments(name, world):
            urls = [address(name, world, **{key: pk}) for pk in (world.foreign[key], NO_SUCH)]
            wrong += [url for url in urls if answers(client, url) != [404, 404]]
    assert wrong == []


@pytest.mark.parametrize("who", ["alice", "gail", "uma", "support"])
def test_each_has_an_own_account(who: str, world: World) -> None:
    for name in sorted(OWN):
        client = signed_in(getattr(world.cast, who))
        assert FINE.issuperset(answers(client, reverse(name))), name
