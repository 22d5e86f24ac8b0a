"""What the page had shown, sealed in its form: not to be forged, and compared with what is now."""

from typing import ClassVar

import pytest
from django import forms
from django.http import QueryDict

from accounts.forms.edit_conflicts import SeenMixin
from accounts.models import User


class PlaceForm(SeenMixin):
    department = forms.CharField(required=False)
    first_name = forms.CharField(required=False)

    seen_fields: ClassVar[tuple[str, ...]] = ("department", "first_name")


def user(**fields: str) -> User:
    return User(pk=1, **{"department": "Sales", "first_name": "Ada", **fields})


def sent(seen: str, **typed: str) -> QueryDict:
    data = QueryDict(mutable=True)
    data.update({"department": "Sales", "first_name": "Ada", "key": "k", "seen": seen, **typed})
    return data


def form_of(seen: str, **typed: str) -> PlaceForm:
    return PlaceForm(sent(seen, **typed))


def test_what_was_shown_comes_back_as_it_was() -> None:
    seen = PlaceForm().initial_seen(user())["seen"]
    form = form_of(seen, department="Research")
    assert form.is_valid()
    assert form.cleaned_data["seen"] == {"department": "Sales", "first_name": "Ada"}


def test_each_page_has_a_key_of_its_own() -> None:
    first, second = (PlaceForm().initial_seen(user())["key"] for _time in range(2))
    assert first != second


@pytest.mark.parametrize("change", [lambda seen: seen[:-1], lambda seen: f"x{seen}", lambda _: "x"])
def test_what_the_portal_has_not_sealed_is_refused(change: object) -> None:
    seen = PlaceForm().initial_seen(user())["seen"]
    form = form_of(change(seen))  # type: ignore[operator]
    assert form.errors == {"seen": ["This page is too old. Open it again."]}


def test_what_was_typed_stays_and_what_was_not_becomes_what_is_there_now() -> None:
    form = form_of(PlaceForm().initial_seen(user())["seen"], first_name="Adele")
    assert form.is_valid()
    fresh = user(department="Research", first_name="Eve")
    again = form.data_with(
        ["department", "first_name"],
        typed={"department": "Sales", "first_name": "Adele"},
        now={"department": "Research", "first_name": "Eve"},
        fresh=fresh,
    )
    assert (again["department"], again["first_name"]) == ("Research", "Adele")
    renewed = PlaceForm(again)
    assert renewed.is_valid()
    assert renewed.cleaned_data["seen"] == {"department": "Research", "first_name": "Eve"}
    assert again["key"] != "k"


def test_a_value_that_several_fields_show_is_renewed_in_all_of_them() -> None:
    class BothForm(PlaceForm):
        shown = {"department": ("department", "first_name")}

    form = BothForm(sent(PlaceForm().initial_seen(user())["seen"]))
    assert form.is_valid()
    again = form.data_with(
        ["department"],
        typed={"department": "Sales"},
        now={"department": "Research", "first_name": ["one", "two"]},
        fresh=user(department="Research"),
    )
    assert again.getlist("department") == ["Research"]
    assert again.getlist("first_name") == ["one", "two"]
