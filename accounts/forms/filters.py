from django import forms

from customers.forms.fields import VisibleCharField
from customers.said import gettext_lazy as _

from ..models import SavedFilter, User

NAME_LENGTH = SavedFilter._meta.get_field("name").max_length


class SaveFilterForm(forms.Form):
    """A name for the filter that the list shows, and for whom and where it is offered."""

    name = VisibleCharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
        error_messages={"required": _("Enter a name for this filter.")},
    )
    is_shared = forms.BooleanField(
        label=_("For my team too"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    is_general = forms.BooleanField(
        label=_("For all customers"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: object, actor: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if actor.customer_id:
            del self.fields["is_general"]
