"""What is asked before a rule is switched on or off, or removed."""

from django import forms
from django.utils.translation import gettext_lazy

from customers.forms.fields import NOT_LISTED
from customers.forms.reason import ReasonForm
from customers.query_params import is_key, read_number
from customers.services.batches import new_key

from ..models import LicenseRule

KEEP, TAKE = "keep", "take"


class RuleConfirmForm(ReasonForm):
    """The rule as the page has shown it, by its version; and a key, by which it is done once."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)

    @classmethod
    def initial_of(cls, rule: LicenseRule) -> dict[str, object]:
        return {"seen": rule.version, "key": new_key()}

    def seen_version(self) -> int | None:
        return read_number(self.cleaned_data["seen"])

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key if is_key(key) else new_key()


class RuleEndForm(RuleConfirmForm):
    """What becomes of the licenses that the rule has given."""

    licenses = forms.ChoiceField(
        label=gettext_lazy("Licenses assigned by this rule"),
        choices=[
            (KEEP, gettext_lazy("Keep them, as if they had been assigned directly")),
            (TAKE, gettext_lazy("Remove them from users who get them by no other rule")),
        ],
        widget=forms.RadioSelect,
        initial=KEEP,
        error_messages=NOT_LISTED,
    )
