"""The frame of every page: home, theme, the pages for what went wrong, the components."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
from django import forms
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils.html import strip_tags
from pytest_django import DjangoAssertNumQueries

from customers.templatetags.seats import seat_meter
from partnerportal import context, views
from tests.support.cast import Cast
from tests.support.html import problems


@pytest.fixture
def signed_in(client: Client, cast: Cast) -> Client:
    client.force_login(cast.alice)
    return client


def words(html: str) -> str:
    return " ".join(strip_tags(html).split())


def render(component: str, **variables: object) -> str:
    return render_to_string(f"components/{component}.html", variables)


def test_pages_travel_compressed(signed_in: Client, cast: Cast) -> None:
    address = f"/customers/{cast.contoso.pk}/users/add/"
    response = signed_in.get(address, headers={"accept-encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    whole = signed_in.get(address)
    assert len(response.content) * 3 < len(whole.content)


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("alice", "/customers/"),
        ("bob", "/customers/"),
        ("gail", "/customers/{contoso}/users/"),
        ("uma", "/me/"),
        ("support", "/admin/"),
    ],
)
def test_each_begins_on_the_page_of_the_day(
    client: Client, cast: Cast, name: str, address: str
) -> None:
    client.force_login(getattr(cast, name))
    expected = address.format(contoso=cast.contoso.pk)
    assert client.get("/").headers["Location"] == expected


@pytest.mark.parametrize(
    ("name", "links"),
    [
        ("alice", ["Customers", "Running and recent"]),
        ("sally", ["Customers", "Running and recent"]),
        ("gail", ["Running and recent"]),
        ("uma", []),
        ("support", ["Admin"]),
    ],
)
def test_top_bar_leads_only_where_one_may_go(
    client: Client, cast: Cast, name: str, links: list[str]
) -> None:
    client.force_login(getattr(cast, name))
    page = client.get("/accounts/logout/").content.decode()
    bar = page.split('<nav class="topbar-nav"')[1].split("</nav>")[0]
    known = ("Customers", "Running and recent", "Admin")
    assert [label for label in known if f">{label}</a>" in bar] == links


def test_home_asks_a_stranger_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_chosen_theme_is_remembered_and_leads_back(signed_in: Client, theme: str) -> None:
    response = signed_in.post("/theme/", {"theme": theme, "next": "/me/?tab=1"})
    assert response.headers["Location"] == "/me/?tab=1"
    cookie = response.cookies["theme"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (theme, True, "Lax")


def test_theme_that_does_not_exist_is_not_remembered(signed_in: Client) -> None:
    assert "theme" not in signed_in.post("/theme/", {"theme": "<b>"}).cookies


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", ""]
)
def test_theme_never_leads_to_another_site(signed_in: Client, address: str) -> None:
    response = signed_in.post("/theme/", {"theme": "dark", "next": address})
    assert response.headers["Location"] == "/"


def test_theme_is_only_changed_by_a_form(signed_in: Client) -> None:
    assert signed_in.get("/theme/").status_code == HTTPStatus.METHOD_NOT_ALLOWED


@pytest.mark.parametrize(
    ("cookie", "chosen", "drawn"),
    [("dark", "dark", "dark"), ("light", "light", "light"), ("", "system", "light")],
)
def test_server_writes_the_theme(
    client: Client, db: None, cookie: str, chosen: str, drawn: str
) -> None:
    client.cookies["theme"] = cookie
    page = client.get("/accounts/login/").content.decode()
    assert f'data-theme="{chosen}" data-bs-theme="{drawn}"' in page


def test_sign_in_page_has_no_menu_of_a_person(client: Client, db: None) -> None:
    page = words(client.get("/accounts/login/").content.decode())
    assert "Sign in" in page
    assert [label for label in ("Customers", "Sign out", "My account") if label in page] == []


def test_page_that_does_not_exist_tells_nothing_of_the_address(signed_in: Client) -> None:
    response = signed_in.get("/customers/999999/users/")
    unknown = signed_in.get("/no/such/page/")
    assert response.status_code == unknown.status_code == HTTPStatus.NOT_FOUND
    assert "Page not found" in words(unknown.content.decode())
    assert "999999" not in words(response.content.decode())


def test_page_for_a_missing_right_says_who_has_it() -> None:
    page = render_to_string("403.html", {"exception": "Ask one of these roles: Account admin."})
    assert "Ask one of these roles: Account admin." in words(page)


def test_a_mistake_within_a_customer_keeps_its_menu_and_of_anothers_shows_none(
    cast: Cast, client: Client
) -> None:
    """Nobody is told by a menu that a customer is there which is not theirs."""
    menu, own = 'aria-label="Customer"', f"/customers/{cast.contoso.pk}/"
    client.force_login(cast.alice)
    gone = client.get(f"{own}users/999999/")
    assert (gone.status_code, gone.text.count(menu)) == (404, 1)
    assert problems(gone.text) == []
    foreign = client.get(f"/customers/{cast.adatum.pk}/users/999999/")
    assert (foreign.status_code, foreign.text.count(menu)) == (404, 0)
    client.force_login(cast.sally)
    refused = client.get(f"{own}users/add/")
    assert (refused.status_code, refused.text.count(menu)) == (403, 1)
    assert problems(refused.text) == []


@pytest.mark.parametrize("template", ["400.html", "500.html", "503.html"])
def test_page_for_a_mistake_needs_nothing(template: str) -> None:
    """No context, and no database: this test has none."""
    assert render_to_string(template).count("<h1>") == 1


def stale_post(cast: Cast, origin: str) -> Any:
    client = Client(enforce_csrf_checks=True, headers={"origin": origin})
    client.force_login(cast.alice)
    sent = {
        "key": "k" * 32,
        "first_name": "Zoë <b>",
        "last_name": " ",
        "password1": "seven wooden rivers",
        "domain": "4711",
    }
    return client.post(f"/customers/{cast.contoso.pk}/users/add/", sent)


def test_stale_form_says_how_to_go_on_and_shows_what_was_typed(cast: Cast) -> None:
    response = stale_post(cast, "http://testserver")
    assert response.status_code == HTTPStatus.FORBIDDEN
    page = response.content.decode()
    assert "Nothing was saved." in page
    assert re.findall(r"<dt>(.*?)</dt><dd.*?>(.*?)</dd>", page) == [("First name", "Zoë &lt;b&gt;")]


@pytest.mark.parametrize("step", ["account_login", "mfa_authenticate", "mfa_login_webauthn"])
@pytest.mark.parametrize(
    "wanted, shown",
    [("/me/account/", "/me/account/"), ("", "/"), ("https://elsewhere.example/", "/")],
)
def test_an_old_tab_of_signing_in_goes_on_once_one_is_signed_in(
    cast: Cast, step: str, wanted: str, shown: str
) -> None:
    client = Client(enforce_csrf_checks=True)
    sent = {"login": "alice@fabrikam.example", "password": "any", "next": wanted}
    stranger = client.post(reverse(step), sent)
    assert stranger.status_code == HTTPStatus.FORBIDDEN
    client.force_login(cast.alice)
    response = client.post(reverse(step), sent)
    assert (response.status_code, response["Location"]) == (HTTPStatus.FOUND, shown)


def test_form_of_another_site_does_not_speak_through_ours(cast: Cast) -> None:
    response = stale_post(cast, "https://elsewhere.example")
    assert response.status_code == HTTPStatus.FORBIDDEN
    assert "Zoë" not in response.content.decode()


def test_frame_costs_no_query_until_it_is_drawn(
    django_assert_num_queries: DjangoAssertNumQueries, cast: Cast
) -> None:
    request = RequestFactory().get("/")
    request.user = cast.alice
    with django_assert_num_queries(0):
        context.page(request)


def test_frame_is_drawn_for_a_request_without_a_person(db: None) -> None:
    """An error before the session was read leaves none; its host may be a partner's own."""
    response: HttpResponse = views.csrf_failure(RequestFactory().post("/"))
    assert response.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize(
    ("assigned", "quantity", "tone", "figures"),
    [
        (0, 10, "seats", "0 of 10"),
        (89, 100, "seats", "89 of 100"),
        (90, 100, "seats seats-near", "90 of 100"),
        (1_250, 1_250, "seats seats-full", "1,250 of 1,250"),
    ],
)
def test_seat_meter_shows_how_full(assigned: int, quantity: int, tone: str, figures: str) -> None:
    meter = seat_meter(assigned, quantity)
    assert f'<span class="{tone}">' in meter
    assert f'viewBox="0 0 {quantity} 1"' in meter
    assert f'<rect class="seats-used" width="{assigned}"' in meter
    assert words(meter) == figures


def test_seat_meter_without_figures_is_still_spoken() -> None:
    meter = seat_meter(5, 10, "Visio", only_picture=True)
    assert 'role="img" aria-label="Visio: 50 %"' in meter
    assert words(meter) == ""


def test_seat_meter_of_nothing_bought_says_so() -> None:
    assert words(seat_meter(0, 0)) == "No seats"


@dataclass
class Pager:
    first_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    last_url: str | None = None
    summary: str = "1 to 50 of 60"


def test_pagination_leads_only_where_there_is_a_page() -> None:
    html = render("pagination", pager=Pager(next_url="?page=2", last_url="?page=2"))
    assert words(html) == "1 to 50 of 60 First Previous Next Last"
    assert html.count('href="?page=2"') == html.count('aria-disabled="true"') == 2


class Named(forms.Form):
    name = forms.CharField(label="Name")
    role = forms.ChoiceField(label="Role", choices=[("a", "A")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def test_error_summary_leads_to_the_fields() -> None:
    html = render("form_errors", form=Named({"note": "x"}))
    assert '<a href="#id_name">Name</a>' in html
    assert '<a href="#id_role_0">Role</a>' in html
    assert "Note" not in html


def test_form_without_errors_has_no_summary() -> None:
    assert render("form_errors", form=Named()).strip() == ""
    assert render("form_errors", form=Named({"name": "x", "role": "a"})).strip() == ""


def test_required_field_is_labeled_with_its_name_alone() -> None:
    html = render_to_string("bootstrap5/field.html", {"field": Named()["name"]} | CRISPY)
    assert '<label for="id_name" class="form-label requiredField">Name</label>' in html


def test_wrong_field_points_to_its_error() -> None:
    html = render_to_string("bootstrap5/field.html", {"field": Named({})["name"]} | CRISPY)
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_error"' in html
    assert 'id="id_name_error"' in html


CRISPY = {"form_show_labels": True, "form_show_errors": True}
