from typing import Any, ClassVar

from django import forms
from django.db import models

from ..formats import clash_text
from ..services.seen import same


class SeenMixin(forms.Form):
    """A form of a row, with the values that the page opened with.

    Only what the user changed is to be saved. What another user has changed meanwhile is told,
    and needs a second Save.
    """

    FIELDS: ClassVar[tuple[str, ...]]

    def __init__(self, data: Any = None, *, row: models.Model, **kwargs: Any) -> None:
        self.current = {field: str(getattr(row, field)) for field in self.FIELDS}
        seen = {f"seen_{field}": value for field, value in self.current.items()}
        super().__init__(data, initial=self.current | seen, **kwargs)
        for field in seen:
            self.fields[field] = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        changed = self.changes()
        clashing = [name for name in changed if not same(self._seen(name), self.current[name])]
        for field in clashing:
            self.say_clash(field, clash_text(self.shown(field)))
        if clashing:
            # What is now on the page has been seen: the next Save means it.
            seen = {f"seen_{field}": self.current[field] for field in clashing}
            self.data = {name: self.data[name] for name in self.data} | seen
        return cleaned

    def say_clash(self, field: str, text: str) -> None:
        """Say that the field was changed by someone else."""
        self.add_error(field, text)

    def shown(self, field: str) -> str:
        """Return the value that the row has by now, in words."""
        return self.current[field]

    def changes(self) -> dict[str, Any]:
        """Return what the user has changed and is not so already, by field."""
        values = self.cleaned_data
        return {
            field: values[field]
            for field in self.FIELDS
            if field in values and values[field] not in (self._seen(field), self.current[field])
        }

    def seen(self) -> dict[str, str]:
        """Return the values that the page opened with, by field."""
        return {field: self._seen(field) for field in self.FIELDS}

    def _seen(self, field: str) -> str:
        return str(self.cleaned_data.get(f"seen_{field}", ""))
