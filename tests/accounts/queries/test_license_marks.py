"""Which licenses are said to be given by rules, as an app above tells it."""

from collections.abc import Collection, Iterator

import pytest
from django.test import Client
from django.urls import reverse

from accounts.queries import license_marks
from accounts.queries.license_marks import Marks, also_marked, marks_of
from customers.models import Customer
from tests.accounts.verbs import subscribe
from tests.support.cast import Cast
from tests.support.forms import words


@pytest.fixture
def told() -> Iterator[dict[tuple[int, int], str]]:
    """What rules give, for a test to say."""
    rules: dict[tuple[int, int], str] = {}

    def of_rules(customer: Customer, users: Collection[int]) -> Marks:
        return Marks({key: names for key, names in rules.items() if key[0] in users}, bool(rules))

    before = list(license_marks._markers)  # noqa: SLF001
    license_marks._markers[:] = [of_rules]  # noqa: SLF001
    yield rules
    license_marks._markers[:] = before  # noqa: SLF001


def test_without_rules_no_license_is_marked(cast: Cast, told: dict[tuple[int, int], str]) -> None:
    marks = marks_of(cast.contoso, [cast.uma.pk])
    assert (marks.of(cast.uma.pk, 1), marks.in_list()) == ("", {})


def test_a_license_is_direct_or_by_rule(cast: Cast, told: dict[tuple[int, int], str]) -> None:
    told[cast.uma.pk, 7] = "Sales"
    marks = marks_of(cast.contoso, [cast.uma.pk, cast.gail.pk])
    found = [marks.of(user.pk, 7) for user in (cast.uma, cast.gail)]
    assert found == ["By rule Sales", "Direct"]
    assert marks.in_list() == {(cast.uma.pk, 7): "by rule Sales"}


def test_of_no_users_no_rule_is_asked(cast: Cast, told: dict[tuple[int, int], str]) -> None:
    told[cast.uma.pk, 7] = "Sales"
    assert marks_of(cast.contoso, []) == Marks()


def test_who_is_registered_twice_is_asked_once(
    cast: Cast, told: dict[tuple[int, int], str]
) -> None:
    [marker] = license_marks._markers  # noqa: SLF001
    also_marked(marker)
    assert license_marks._markers == [marker]  # noqa: SLF001


def test_pages_of_users_say_it(
    client: Client, cast: Cast, told: dict[tuple[int, int], str]
) -> None:
    mail = subscribe(cast, "Mail", cast.uma)
    subscribe(cast, "Office", cast.uma)
    told[cast.uma.pk, mail.pk] = "Sales"
    client.force_login(cast.alice)
    page = client.get(reverse("accounts:user-detail", args=[cast.contoso.pk, cast.uma.pk]))
    marks = {held.name: held.mark for held in page.context["licenses"]}
    assert marks == {"Mail": "By rule Sales", "Office": "Direct"}
    assert '<span class="cell-sub">By rule Sales</span>' in page.content.decode()
    listed = client.get(reverse("accounts:user-list", args=[cast.contoso.pk]))
    assert "Mail (by rule Sales) Office" in words(listed.text)
    managed = client.get(
        reverse("accounts:license-manage", args=[cast.contoso.pk]), {"user": cast.uma.pk}
    )
    assert "By rule Sales" in managed.content.decode()
