"""The columns of the user list, which each person chooses for all their lists."""

from datetime import datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.utils import timezone

from accounts.services.users.me import set_list_columns
from accounts.views.user_columns import CHOICES, USUAL, ordered, shown_columns
from tests.factories import CustomerFactory, UserFactory
from tests.support.cast import Cast
from tests.support.html import problems

LABELS = {name: str(label) for name, label in CHOICES.items()}


def labels(client: Client, page: str) -> list[str]:
    found = client.get(page).context["headings"]
    return [getattr(heading, "label", heading) for heading in found]


@pytest.fixture
def page(client: Client, cast: Cast) -> str:
    client.force_login(cast.alice)
    return f"/customers/{cast.contoso.pk}/users/"


def test_the_usual_columns_are_shown_first(client: Client, cast: Cast, page: str) -> None:
    usual = ["Display name", "User name", *(LABELS[name] for name in USUAL)]
    assert labels(client, page) == usual
    assert problems(client.get(page).content.decode()) == []
    assert shown_columns(cast.alice) == USUAL


def test_chosen_columns_are_kept_for_the_person_in_all_lists(
    client: Client, cast: Cast, page: str
) -> None:
    other = CustomerFactory.create(partner=cast.fabrikam)
    UserFactory.create(customer=other)
    sent = {"column": ["signed-in", "title", "nonsense"], "back": "q=uma&sort=-name"}
    answer = client.post(f"{page}columns/", sent)
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"{page}?q=uma&sort=-name"
    chosen = ["Display name", "User name", "Job title", "Last sign-in"]
    assert labels(client, page) == chosen
    assert labels(client, f"/customers/{other.pk}/users/") == chosen
    boxes = client.get(page).context["column_choices"]
    assert [choice.name for choice in boxes if choice.is_shown] == ["title", "signed-in"]
    # Nobody else's list is another for it.
    client.force_login(cast.gail)
    assert "Permissions" in labels(client, page)
    client.force_login(cast.alice)
    client.post(f"{page}columns/", {"column": ["title"], "usual": "1"})
    assert labels(client, page)[2:] == [LABELS[name] for name in USUAL]
    cast.alice.refresh_from_db()
    assert cast.alice.list_columns == ""


def test_no_other_column_is_a_choice_too(client: Client, page: str) -> None:
    assert client.post(f"{page}columns/")["Location"] == page
    assert labels(client, page) == ["Display name", "User name"]
    assert problems(client.get(page).content.decode()) == []


def test_what_another_version_had_is_left_out(cast: Cast) -> None:
    set_list_columns(cast.alice, "user,added,favorites,licenses")
    cast.alice.refresh_from_db()
    assert shown_columns(cast.alice) == ["licenses", "added"]
    assert ordered(reversed(CHOICES)) == list(CHOICES)
    assert len(",".join(["user", *CHOICES])) <= 200


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("department", ["Bo", "Ada", "Cy"]),
        ("-department", ["Cy", "Ada", "Bo"]),
        ("signed-in", ["Cy", "Ada", "Bo"]),
        ("-signed-in", ["Bo", "Ada", "Cy"]),
    ],
)
def test_lists_sort_by_department_and_last_sign_in(
    client: Client, cast: Cast, settings: object, sort: str, expected: list[str]
) -> None:
    """Small and capital letters are one; without a department, and never, comes first."""
    customer = CustomerFactory.create(partner=cast.fabrikam)
    now = timezone.now()
    for name, department, moment in (
        ("Ada", "sales", now - timedelta(days=40)),
        ("Bo", "Accounts", now),
        ("Cy", "Sales2", None),
    ):
        UserFactory.create(
            customer=customer, first_name=name, department=department, last_login=moment
        )
    client.force_login(cast.alice)
    settings.PAGE_SIZE = 2  # type: ignore[attr-defined]
    url = f"/customers/{customer.pk}/users/?sort={sort}"
    seen, response = [], client.get(url)
    while True:
        seen += [row.display_name.partition(" ")[0] for row in response.context["rows"]]
        following = response.context["pager"].next_url
        if not following:
            break
        response = client.get(f"/customers/{customer.pk}/users/{following}")
    assert seen == expected
    last = client.get(f"{url}&last=1").context["rows"]
    assert [row.display_name.partition(" ")[0] for row in last] == expected[-1:]
    # With a filter, which is counted, it is the same order.
    found = client.get(f"{url}&role=User").context["rows"]
    assert [row.display_name.partition(" ")[0] for row in found] == expected[:2]


def test_a_row_says_when_somebody_last_signed_in(client: Client, cast: Cast, page: str) -> None:
    zone = timezone.get_current_timezone()
    cast.uma.last_login = datetime(2026, 3, 9, 12, tzinfo=zone)
    cast.gail.last_login = None
    cast.uma.save()
    cast.gail.save()
    rows = {row.display_name: row.signed_in for row in client.get(page).context["rows"]}
    assert (rows["Uma"], rows["Gail"]) == ("9 Mar 2026", "Never")
