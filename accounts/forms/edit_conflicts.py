"""Changing a user whom others may be changing too."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.core import signing
from django.http import QueryDict

from customers.said import gettext as _
from customers.services.batches import new_key

from ..models import User
from ..services.users.changing import seen_value

_SALT = "accounts.forms.user"


class SeenMixin(forms.Form):
    """A form that carries the values it was drawn with, as `seen`: nothing newer is lost."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)

    seen_fields: ClassVar[tuple[str, ...]]
    # The fields of the form that show one value of the user, where there is not one by its name.
    shown: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def initial_seen(self, user: User) -> dict[str, str]:
        return {"seen": self._seal(user), "key": new_key()}

    def clean_seen(self) -> dict[str, str]:
        try:
            seen: dict[str, str] = signing.loads(self.cleaned_data["seen"], salt=_SALT)
        except signing.BadSignature:
            raise forms.ValidationError(_("This page is too old. Open it again.")) from None
        return seen

    def data_with(
        self,
        fields: Iterable[str],
        *,
        typed: Mapping[str, str],
        now: Mapping[str, Any],
        fresh: User,
    ) -> QueryDict:
        """Return the data again: what was `typed` stays; of these fields the others show `now`."""
        seen, data = self.cleaned_data["seen"], QueryDict(mutable=True)
        for name in self.fields:
            data.setlist(name, self.data.getlist(name))  # type: ignore[attr-defined]
        for name in fields:
            if typed[name] == seen[name]:
                for shown in self.shown.get(name, (name,)):
                    value = now[shown]
                    data.setlist(shown, value if isinstance(value, list) else [str(value)])
        data["seen"], data["key"] = self._seal(fresh), new_key()
        return data

    def _seal(self, user: User) -> str:
        values = {name: seen_value(user, name) for name in self.seen_fields}
        return signing.dumps(values, salt=_SALT, compress=True)
