"""What is typed before users are deleted for good: the name of one, the number of several."""

import pytest
from django.http import QueryDict

from accounts.forms.remove import RemoveForm


def form_of(typed: str, *, count: int = 1, name: str = "Ada Lind") -> RemoveForm:
    sent = QueryDict(mutable=True)
    sent["typed"] = typed
    return RemoveForm(sent, count=count, name=name)


@pytest.mark.parametrize("typed", ["Ada Lind", "ada lind", "  ADA   LIND "])
def test_the_name_is_compared_without_case_and_spaces(typed: str) -> None:
    form = form_of(typed)
    assert form.is_valid()


@pytest.mark.parametrize("typed", ["Ada", "Ada  Linda", "1", "AdaLind"])
def test_another_name_deletes_nobody(typed: str) -> None:
    errors = form_of(typed).errors
    assert errors == {"typed": ["This is not the name. Nothing was deleted."]}


def test_a_name_that_has_spaces_of_its_own_can_be_typed() -> None:
    assert form_of("Ada Lind", name="Ada   Lind").is_valid()


@pytest.mark.parametrize(
    "typed, fine", [("12", True), (" 12 ", True), ("012", False), ("x", False)]
)
def test_of_several_it_is_their_number(typed: str, *, fine: bool) -> None:
    form = form_of(typed, count=12, name="")
    assert form.is_valid() is fine
    if not fine:
        assert form.errors["typed"] == [
            "This is not the number: they are 12 users. Nothing was deleted."
        ]


@pytest.mark.parametrize("count, typed", [(1, ""), (12, "   ")])
def test_nothing_typed_is_no_confirmation(count: int, typed: str) -> None:
    errors = form_of(typed, count=count).errors
    assert errors == {"typed": ["Type it, or choose Cancel."]}


def test_the_label_says_what_to_type_and_a_number_gets_its_keyboard() -> None:
    one, many = (RemoveForm(count=count, name="Ada Lind") for count in (1, 12))
    assert one.fields["typed"].label == "To confirm, type the display name: Ada Lind"
    assert many.fields["typed"].label == "To confirm, type the number of users: 12"
    assert "inputmode" not in one.fields["typed"].widget.attrs
    assert many.fields["typed"].widget.attrs["inputmode"] == "numeric"


def test_the_reason_is_kept_beside_it() -> None:
    form = RemoveForm(QueryDict("typed=ada+lind&reason=INC-1"), count=1, name="Ada Lind")
    assert form.is_valid()
    assert form.cleaned_data["reason"] == "INC-1"
