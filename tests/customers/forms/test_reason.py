"""A reason in a few words: kept as it is, or refused at its field."""

import pytest
from django.http import QueryDict

from customers.errors import Refused
from customers.forms.reason import ReasonForm, told_reason
from customers.refusals import Status


@pytest.mark.parametrize(
    "sent, kept",
    [("", ""), ("4711", "4711"), ("  Ticket 4711 \n", "Ticket 4711"), ("4\u200b711", "4711")],
)
def test_a_reason_is_kept_without_what_nobody_sees(sent: str, kept: str) -> None:
    assert told_reason({"reason": sent}) == kept


def test_a_form_without_the_field_gives_no_reason() -> None:
    assert told_reason({}) == ""
    assert told_reason(QueryDict("other=1")) == ""


def test_the_last_of_several_counts() -> None:
    assert told_reason(QueryDict("reason=first&reason=second")) == "second"


def test_the_longest_reason_is_what_the_log_holds() -> None:
    assert told_reason({"reason": "x" * 255}) == "x" * 255
    with pytest.raises(Refused) as caught:
        told_reason({"reason": "x" * 256})
    refused = caught.value
    assert str(refused) == (
        "Reason or ticket: Shorten this to 255 characters or fewer (it has 256)."
    )
    assert (refused.code, refused.field, refused.status) == (
        "reason-wrong",
        "reason",
        Status.INVALID,
    )


def test_the_form_asks_without_demanding() -> None:
    form = ReasonForm({})
    assert form.is_valid()
    assert form.cleaned_data == {"reason": ""}
    assert "required" not in str(form["reason"])
    assert 'autocomplete="off"' in str(form["reason"])
