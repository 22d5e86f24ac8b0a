"""What a bulk action is given by its form: why, and nothing where nothing was said."""

import pytest
from django.http import QueryDict

from accounts.forms.bulk import ActionForm
from accounts.models import User


def form_of(text: str) -> ActionForm:
    return ActionForm(QueryDict(text), actor=User())


@pytest.mark.parametrize("sent", ["", "reason=", "reason=+++"])
def test_without_a_reason_the_action_is_given_nothing(sent: str) -> None:
    form = form_of(sent)
    assert form.is_valid()
    assert form.request() == {}


def test_the_reason_is_given_as_it_was_typed_but_for_what_one_does_not_see() -> None:
    form = form_of("reason=+INC-1%E2%80%8B+left+")
    assert form.is_valid()
    assert form.request() == {"reason": "INC-1 left"}


def test_a_reason_that_the_log_does_not_hold_is_refused() -> None:
    form = form_of(f"reason={'x' * 10_000}")
    assert not form.is_valid()
    assert list(form.errors) == ["reason"]
    assert "Shorten this to" in form.errors["reason"][0]


def test_a_page_that_only_asks_has_no_errors() -> None:
    form = ActionForm(None, actor=User())
    assert (form.is_bound, form.errors) == (False, {})
