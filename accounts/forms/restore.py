"""What restoring and deleting permanently ask for."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import User
from ..services.returns import Facts, Return, facts

_PLAIN = {
    "class": "form-control",
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
}
_SALT = "accounts.forms.restore"


class RestoreForm(forms.Form):
    """Another user name for each whose own can't be had again, and what the preview has shown.

    `returns` are the plans with the names as they were.
    """

    def __init__(self, *args: Any, returns: Sequence[Return], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in returns:
            if item.name_problem:
                self.fields[field_name(item.user)] = forms.CharField(
                    label=_("User name of %(name)s") % {"name": item.user.display_name},
                    initial=item.proposal,
                    max_length=200,
                    widget=forms.TextInput(attrs=_PLAIN),
                    error_messages={"required": _("Enter a user name.")},
                )

    def clean(self) -> dict[str, Any] | None:
        for name, value in list(self.cleaned_data.items()):
            local, at, domain = value.rpartition("@")
            if not at:
                self.add_error(
                    name, _("Write the whole user name, with the @ and one of your domains.")
                )
            self.cleaned_data[name] = f"{local}@{domain.lower()}"
        return self.cleaned_data

    def names(self) -> dict[int, str]:
        """The chosen user names by user id."""
        return {_user_id(name): value for name, value in self.cleaned_data.items()}

    def refuse(self, returns: Sequence[Return]) -> bool:
        """Whether one of the chosen names can't be had either; says so at its field."""
        refused = False
        for item in returns:
            name = field_name(item.user)
            if item.name_problem and name in self.fields:
                free = _("%(name)s is free.") % {"name": item.proposal}
                self.add_error(name, ValidationError([item.name_problem, free]))
                refused = True
        return refused


def field_name(user: User) -> str:
    return f"name-{user.pk}"


def _user_id(name: str) -> int:
    return int(name.removeprefix("name-"))


def with_proposals(sent: QueryDict, returns: Sequence[Return]) -> QueryDict:
    """What was sent, with a free name for whom the page had not yet asked for one."""
    data = sent.copy()
    for item in returns:
        if item.name_problem:
            data.setdefault(field_name(item.user), item.proposal)
    return data


def pack(returns: Sequence[Return]) -> str:
    """What the preview shows, for the form to carry."""
    return signing.dumps(facts(returns), salt=_SALT, compress=True)


def unpack(text: str) -> Facts:
    """Nothing, where it is not what `pack` made."""
    try:
        seen: Facts = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return {}
    return seen


class RemoveForm(forms.Form):
    """For good, so that a click is not enough: the name of the one, or the number of several."""

    typed = forms.CharField(max_length=300, widget=forms.TextInput(attrs=_PLAIN))

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        field = self.fields["typed"]
        if len(people) == 1:
            field.label = _("To confirm, type the display name: %(name)s") % {
                "name": people[0].display_name
            }
        else:
            field.label = _("To confirm, type the number of users: %(count)s") % {
                "count": len(people)
            }
            field.widget.attrs["inputmode"] = "numeric"
        field.error_messages["required"] = _("Type it, or choose Cancel.")

    def clean_typed(self) -> str:
        typed: str = " ".join(self.cleaned_data["typed"].split())
        if len(self.people) == 1:
            name = " ".join(self.people[0].display_name.split())
            if typed.casefold() != name.casefold():
                raise ValidationError(_("This is not the name. Nothing was deleted."))
        elif typed != str(len(self.people)):
            raise ValidationError(
                ngettext(
                    "This is not the number: it is %(count)s user. Nothing was deleted.",
                    "This is not the number: they are %(count)s users. Nothing was deleted.",
                    len(self.people),
                )
                % {"count": len(self.people)}
            )
        return typed
