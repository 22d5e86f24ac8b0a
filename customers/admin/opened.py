"""A form of the admin that knows what its page opened with.

Its fields show all of a row, which partners and colleagues change at the same time: a Save must
give back nothing that it only showed, and replace nothing that it never saw.
"""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from ..formats import clash_text


class OpenedInput(forms.HiddenInput):
    """What a page opened with; Django names help and label to it, which HTML lets no hidden
    control.
    """

    def id_for_label(self, id_: str) -> str:
        return ""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {name: attrs[name] for name in attrs if not name.startswith("aria-")}


class OpenedInputs(OpenedInput, forms.MultipleHiddenInput):
    """The same of a field with several values."""


class OpenedForm(forms.ModelForm[Any]):
    """A form whose page comes back with what it opened with, where it is of a row that there is.

    What somebody else has changed since stays where this page has left it alone, and is told
    where it has not: a second Save means it.
    """

    # Whose values no page comes back with.
    unseen: ClassVar[frozenset[str]] = frozenset()
    # As the browser has sent it.
    data: Any
    # Whether a field says that somebody else has changed it.
    tells_of_others = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A page from before an upgrade knows of none.
        knows = not self.is_bound or any(name.startswith("initial-") for name in self.data)
        for name in self.fields.keys() - self.unseen if self.instance.pk and knows else ():
            field = self.fields[name]
            several = issubclass(field.hidden_widget, forms.MultipleHiddenInput)
            field.show_hidden_initial = True
            field.hidden_widget = OpenedInputs if several else OpenedInput

    def full_clean(self) -> None:
        fields = [bound for bound in self if bound.field.show_hidden_initial and self.is_bound]
        for bound in fields:
            if bound.field.hidden_widget is OpenedInputs:
                # None at all is sent as nothing; Django would draw what was typed instead.
                self._see(bound, self.opened_with(bound))
        others = [bound for bound in fields if not _is(bound, self.opened_with(bound))]
        left_alone = [bound.field for bound in others if bound.name not in self.changed_data]
        clashing = [
            bound
            for bound in others
            if bound.name in self.changed_data and not _is(bound, bound.data)
        ]
        self.tells_of_others = bool(clashing)
        for field in left_alone:
            # For as long as it is read: the value is the row's.
            field.disabled = True
        super().full_clean()
        for field in left_alone:
            field.disabled = False
        for bound in clashing:
            self.add_error(bound.name, clash_text(_in_words(bound)))
            now = bound.field.prepare_value(bound.initial)
            # What is told was seen: the next Save means it.
            self._see(bound, now if isinstance(now, list) else [now])

    def opened_with(self, bound: BoundField) -> Any:
        """Return what the page had in a field when it was opened, as it was sent."""
        hidden = bound.field.hidden_widget()
        return hidden.value_from_datadict(self.data, self.files, bound.html_initial_name)

    def opened_values(self) -> dict[str, str]:
        """Return the texts that the page opened with, by field."""
        return {
            bound.name: str(self.opened_with(bound) or "")
            for bound in self
            if bound.field.show_hidden_initial
        }

    def changed_values(self) -> dict[str, Any]:
        """Return what was typed anew, by field."""
        values = self.cleaned_data
        return {name: values[name] for name in self.changed_data if name in values}

    def _see(self, bound: BoundField, values: list[Any]) -> None:
        """Have the page come back as if it had opened with these."""
        self.data = self.data.copy()
        self.data.setlist(bound.html_initial_name, [str(value) for value in values])


def _is(bound: BoundField, value: Any) -> bool:
    """Return whether a field that is sent with this is as the row is."""
    now = bound.initial
    if isinstance(now, str | None) and isinstance(value, str | None):
        # Line ends are another browser's, and what stands on lines has no order.
        return _lines(now) == _lines(value)
    return not bound.field.has_changed(now, value)


def _lines(text: str | None) -> set[str]:
    return {line.strip() for line in (text or "").splitlines() if line.strip()}


def _in_words(bound: BoundField) -> str:
    """Return what a field has by now, as its page names it."""
    now = bound.initial
    if isinstance(now, bool):
        return _("Yes") if now else _("No")
    values = list(now) if isinstance(now, list | tuple | set) else str(now or "").splitlines()
    if any(isinstance(value, models.Model) for value in values):
        return ", ".join(map(str, values))
    names = {str(key): str(name) for key, name in getattr(bound.field, "choices", ())}
    return ", ".join(names.get(str(value), str(value)) for value in values)
