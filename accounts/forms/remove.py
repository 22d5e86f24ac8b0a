"""What deleting permanently asks for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.reason import ReasonForm
from customers.said import gettext as _
from customers.said import ngettext

from .restore import PLAIN


class RemoveForm(ReasonForm):
    """The confirmation of deleting for good: the name of one user, or the number of several."""

    typed = forms.CharField(max_length=300, widget=forms.TextInput(attrs=PLAIN))

    def __init__(self, *args: Any, count: int, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = count
        self.name = name
        field = self.fields["typed"]
        if count == 1:
            field.label = _("To confirm, type the display name: %(name)s") % {"name": name}
        else:
            field.label = _("To confirm, type the number of users: %(count)s") % {"count": count}
            field.widget.attrs["inputmode"] = "numeric"
        field.error_messages["required"] = _("Type it, or choose Cancel.")

    def clean_typed(self) -> str:
        typed: str = " ".join(self.cleaned_data["typed"].split())
        if self.count == 1:
            if typed.casefold() != " ".join(self.name.split()).casefold():
                raise ValidationError(_("This is not the name. Nothing was deleted."))
        elif typed != str(self.count):
            raise ValidationError(
                ngettext(
                    "This is not the number: it is %(count)s user. Nothing was deleted.",
                    "This is not the number: they are %(count)s users. Nothing was deleted.",
                    self.count,
                )
                % {"count": self.count}
            )
        return typed
