"""A reason that the portal gave is found by what its viewer reads; what was typed, as it is."""

import pytest
from django.utils import translation

from customers.actions import Action
from customers.forms.activity import ActivityFilterForm
from customers.log.given import has_reason
from customers.models import AuditEvent
from customers.said import gettext
from customers.services import audit
from tests.support.cast import Cast

RULE, GONE = "License rule: %(name)s", "The receiver answered that it is gone (status 410)."


def reason(cast: Cast, text: str) -> int:
    """Write an event with this reason, in German; return its id."""
    entry = audit.Entry(Action.USER_CHANGED, cast.uma)
    audit.record([entry], actor=None, customer=cast.contoso, reason=text)
    return AuditEvent.objects.latest("pk").pk


def found(text: str) -> list[int]:
    events = AuditEvent.objects.filter(has_reason(text)).order_by("pk")
    return list(events.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("language", "words"), [("en", "license rule"), ("fr", "règle"), ("de", "Lizenzregel")]
)
def test_a_reason_is_found_as_it_is_read(cast: Cast, language: str, words: str) -> None:
    with translation.override("de"):
        sales, name = (reason(cast, gettext(RULE) % {"name": text}) for text in ("Köln", "Name"))
        gone = reason(cast, gettext(GONE))
    with translation.override(language):
        assert found(words) == [sales, name]
        # Letters as one likes, and the names in it.
        assert found(f"koeln {words.upper()}") == [sales]
        assert found("köln") == [sales]
        # What stands for a name in the text is no word of it.
        assert found(f"{words} name") == [name]
        assert found(f"{words} Bergen") == []
        assert found("410") == [gone]
        form = ActivityFilterForm({"reason": words})
        assert form.is_valid()
        assert form.apply(AuditEvent.objects.all()).count() == 2


def test_what_was_typed_is_found_as_it_was_typed(cast: Cast) -> None:
    typed = reason(cast, "Lizenzregel: Sales")
    with translation.override("fr"):
        assert found("règle") == []
        assert found("lizenzregel sales") == [typed]
        assert found("-") == []
