"""One person's details, changed by one of several people who may look at them at a time."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.errors import Refused
from customers.models import Customer
from customers.services.batches import new_key
from licensing.errors import RulesBroken

from ..models import User
from ..services.users import NamesTaken
from ..services.users.changing import seen_value
from .details import MODEL_FIELDS, DetailsForm, PermissionsMixin

_SALT = "accounts.forms.user"
_SEEN = (*MODEL_FIELDS, "user_name", "roles")
# The fields of the form that show one value of the person.
_SHOWN = {"user_name": ("user_name", "domain"), "roles": ("permission", "limited_roles")}


class UserForm(PermissionsMixin, DetailsForm):
    """`seen` holds the values that the page was drawn with, so that nothing newer is lost."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, *, customer: Customer, person: User, actor: User
    ) -> None:
        initial = {**self.initial_of(person), **self.initial_permissions(person)}
        initial |= {"seen": _seen(person), "key": new_key()}
        super().__init__(data, customer=customer, initial=initial)
        self.person = person
        self.is_self = actor.pk == person.pk
        self.fields["user_name"].help_text = _(
            "The person signs in with it: after a change, with the new one only."
        )
        self.limit_permissions(actor)
        if self.is_self:
            for name in _SHOWN["roles"]:
                del self.fields[name]

    def clean_seen(self) -> dict[str, str]:
        try:
            seen: dict[str, str] = signing.loads(self.cleaned_data["seen"], salt=_SALT)
        except signing.BadSignature:
            raise forms.ValidationError(_("This page is too old. Open it again.")) from None
        return seen

    @property
    def opens_more(self) -> bool:
        """An error must not hide."""
        return any(name in self.errors for name in MODEL_FIELDS[4:])

    def values(self) -> dict[str, Any]:
        """What the service needs to change the user."""
        cleaned = self.cleaned_data
        return {
            "fields": self.model_fields(),
            "local_part": cleaned["user_name"],
            "domain": cleaned["domain"],
            "roles": self.roles() if {*_SHOWN["roles"]} & {*self.changed_data} else None,
            "seen": cleaned["seen"],
            "key": cleaned["key"],
        }

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        if isinstance(refusal, NamesTaken):
            self.add_error("user_name", str(refusal))
        elif isinstance(refusal, RulesBroken):
            self.add_error("usage_location", str(refusal))
        else:
            self.add_error(None, str(refusal))

    def renewed(self, fields: Iterable[str], actor: User) -> "UserForm":
        """After somebody else's change of these: what was typed here, and elsewhere what is new."""
        fresh = User.objects.with_roles().select_related("domain").get(pk=self.person.pk)
        typed = {**self.model_fields(), "user_name": self._typed_name(), "roles": self._roles()}
        seen, data = self.cleaned_data["seen"], QueryDict(mutable=True)
        for name in self.fields:
            data.setlist(name, self.data.getlist(name))  # type: ignore[attr-defined]
        now = {**self.initial_of(fresh), **self.initial_permissions(fresh)}
        for name in fields:
            if typed[name] == seen[name]:
                for shown in _SHOWN.get(name, (name,)):
                    value = now[shown]
                    data.setlist(shown, value if isinstance(value, list) else [str(value)])
        data["seen"], data["key"] = _seen(fresh), new_key()
        return UserForm(data, customer=self.customer, person=fresh, actor=actor)

    def _typed_name(self) -> str:
        return f"{self.cleaned_data['user_name']}@{self.cleaned_data['domain'].name}"

    def _roles(self) -> str:
        seen: str = self.cleaned_data["seen"]["roles"]
        return seen if self.is_self else "|".join(sorted(self.roles()))


def _seen(person: User) -> str:
    values = {name: seen_value(person, name) for name in _SEEN}
    return signing.dumps(values, salt=_SALT, compress=True)
