"""Who has changed what meanwhile, in the words of the form and as far as the log knows."""

from collections.abc import Iterable

from django import forms

from accounts.services.users import change_user
from accounts.views.edit_conflicts import newer
from customers.models import AuditEvent
from tests.accounts.verbs import fresh
from tests.support.cast import Cast


class PlaceForm(forms.Form):
    department = forms.CharField(label="Department")
    office = forms.CharField(label="Office")
    roles = forms.CharField(label="Roles of the form")


def told(cast: Cast, *fields: str) -> list[str]:
    events: Iterable[AuditEvent] = AuditEvent.objects.about(cast.uma).newest_first()
    return newer(PlaceForm(), fields, events)


def change(cast: Cast, actor: str, **fields: str) -> None:
    change_user(
        fresh(cast.uma), customer=cast.contoso, actor=fresh(getattr(cast, actor)), fields=fields
    )


def test_each_field_is_named_with_who_changed_it(cast: Cast) -> None:
    change(cast, "alice", department="Sales")
    change(cast, "gail", office="12")
    assert told(cast, "department", "office") == [
        "Department: changed by Alice (alice@fabrikam.example).",
        "Office: changed by Gail (gail@contoso.example).",
    ]


def test_the_last_one_who_changed_it_is_named(cast: Cast) -> None:
    change(cast, "alice", department="Sales")
    change(cast, "gail", department="Research")
    assert told(cast, "department") == ["Department: changed by Gail (gail@contoso.example)."]


def test_what_the_log_does_not_know_was_someone_else(cast: Cast) -> None:
    assert told(cast, "department") == ["Department: changed by someone else."]


def test_permissions_are_called_so_whatever_the_form_calls_them(cast: Cast) -> None:
    assert told(cast, "roles") == ["Permissions: changed by someone else."]


def test_nothing_changed_is_nothing_told(cast: Cast) -> None:
    change(cast, "alice", department="Sales")
    assert told(cast) == []
