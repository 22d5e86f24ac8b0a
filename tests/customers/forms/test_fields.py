"""Fields take what users paste: invisible characters go, and the form says which."""

from typing import Any

import pytest
from django import forms

from customers.errors import Refused
from customers.forms.fields import (
    FreshInput,
    IdField,
    SentJSONField,
    VisibleCharField,
    VisibleEmailField,
    removal_notices,
    say_at_field,
)

NOBODY = "This address names nobody."


class Sample(forms.Form):
    name = VisibleCharField(label="Name", max_length=5)
    mail = VisibleEmailField(label="Email", required=False)
    who = IdField(required=False, nobody=NOBODY)
    sent = SentJSONField(required=False)


def filled(**data: Any) -> Sample:
    form = Sample({"name": "Ada", **data})
    form.is_valid()
    return form


def test_invisible_characters_are_taken_out_and_told() -> None:
    form = filled(name="A\u200bd\u200ba", mail="ada@contoso.example\u200b")
    assert form.cleaned_data["name"] == "Ada"
    assert form.cleaned_data["mail"] == "ada@contoso.example"
    assert removal_notices(form) == [
        "Name: invisible characters were removed: U+200B (zero width space).",
        "Email: invisible characters were removed: U+200B (zero width space).",
    ]


def test_what_was_whole_has_no_notice() -> None:
    assert removal_notices(filled(name=" Ada\t", mail="")) == []


def test_what_is_nothing_but_invisible_is_missing() -> None:
    assert filled(name="\u200b").errors == {"name": ["This field is required."]}


@pytest.mark.parametrize("name", ["Ada L", "\u200bAda L", "  Ada L  "])
def test_the_length_is_that_of_what_stays(name: str) -> None:
    assert filled(name=name).cleaned_data["name"] == "Ada L"


def test_a_text_too_long_is_told_by_how_much_and_never_cut() -> None:
    form = filled(name="Ada Lovelace")
    assert form.errors["name"] == ["Shorten this to 5 characters or fewer (it has 12)."]
    assert 'value="Ada Lovelace"' in str(form["name"])
    assert "maxlength" not in str(form["name"])


def test_after_an_error_the_control_shows_the_text_without_them() -> None:
    form = filled(name="Ada\x00 Lovelace\u200b", mail="no mail")
    assert 'value="Ada Lovelace"' in str(form["name"])
    assert form.errors["mail"] == ["Enter an email address such as name@example.com."]


@pytest.mark.parametrize("text, number", [("1", 1), (" 7 ", 7), (str(2**63 - 1), 2**63 - 1)])
def test_a_number_of_a_row_is_read(text: str, number: int) -> None:
    assert filled(who=text).cleaned_data["who"] == number


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5", str(2**63), "1\x00", "９９" * 40])
def test_what_numbers_no_row_is_told_in_the_forms_own_words(text: str) -> None:
    assert filled(who=text).errors == {"who": [NOBODY]}


def test_no_number_is_nobody() -> None:
    assert filled(who="").cleaned_data["who"] is None


def test_what_a_script_has_sent_is_read() -> None:
    assert filled(sent='{"a": [1, null]}').cleaned_data["sent"] == {"a": [1, None]}
    assert filled(sent="").cleaned_data["sent"] is None


@pytest.mark.parametrize("text", ["{", "nonsense", "[" * 100_000, "9" * 10_000])
def test_what_python_refuses_to_read_is_an_error_of_the_field(text: str) -> None:
    assert filled(sent=text).errors == {"sent": ["Enter a valid JSON."]}


def test_what_a_script_has_sent_is_never_shown_again() -> None:
    assert "nonsense" not in str(filled(sent="nonsense")["sent"])


@pytest.mark.parametrize(
    ("field", "place"), [("name", "name"), ("age", "__all__"), ("", "__all__")]
)
def test_a_refusal_is_said_at_its_field_or_above_the_form(field: str, place: str) -> None:
    form = Sample({"name": "Ada"})
    say_at_field(form, Refused("Choose another one.", code="name-taken", field=field))
    assert form.errors == {place: ["Choose another one."]}


def test_a_control_that_is_never_filled_in_from_before_is_hidden() -> None:
    class Form(forms.Form):
        key = forms.CharField(widget=FreshInput)

    form = Form(initial={"key": "one"})
    assert [field.name for field in form.hidden_fields()] == ["key"]
    html = str(form["key"])
    assert 'type="text"' in html
    assert 'autocomplete="off"' in html
    assert " hidden" in html
    assert 'value="one"' in html
