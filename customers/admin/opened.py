"""A form of the admin that knows what its page opened with.

Its fields show all of a row, which partners and colleagues change at the same time: a Save must
give back nothing that it only showed, and replace nothing that it never saw.
"""

from collections.abc import Container
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from ..formats import TOLD, clash_text, names_and_more
from ..services.seen import same, text_of_several


class OpenedInput(forms.HiddenInput):
    """What a page opened with; Django names help and label to it, which HTML lets no hidden
    control.
    """

    def id_for_label(self, id_: str) -> str:
        return ""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {name: attrs[name] for name in attrs if not name.startswith("aria-")}


class OpenedList(OpenedInput):
    """The same of a field with several values: thousands of customers are one control."""

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value or ()))

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [value for value in str(data.get(name) or "").split(",") if value]


class OpenedForm(forms.ModelForm[Any]):
    """A form whose page comes back with what it opened with, where it is of a row that there is.

    What somebody else has changed since stays where this page has left it alone, and is told
    where it has not: a second Save means it. A list comes back with the changes of both. A page
    without any `initial-` is from before an upgrade, and saves all that it sends.
    """

    # Whose values no page comes back with.
    unseen: ClassVar[frozenset[str]] = frozenset()
    # Fields that are one value: who changes one of them has seen the others.
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # As the browser has sent it.
    data: Any
    # Whether a field says that somebody else has changed it.
    tells_of_others = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        knows = not self.is_bound or any(name.startswith("initial-") for name in self.data)
        self.opened = (
            self.fields.keys() - self.unseen if self.instance.pk and knows else frozenset()
        )
        for name in self.opened:
            field = self.fields[name]
            several = issubclass(field.hidden_widget, forms.MultipleHiddenInput)
            field.show_hidden_initial = True
            field.hidden_widget = OpenedList if several else OpenedInput

    def full_clean(self) -> None:
        fields = [self[name] for name in self.fields if name in self.opened and self.is_bound]
        fields = [bound for bound in fields if not bound.field.disabled]
        for bound in fields:
            if not _is_comparable(bound, self.opened_with(bound)):
                self._see(bound, "")
            if not _is_comparable(bound, bound.data):
                # Another that is no number either is told at the field.
                self.data = self.data.copy()
                self.data[bound.html_name] = "NaN"
        others = [bound for bound in fields if not _is(bound, self.opened_with(bound))]
        touched = self.touched()
        left_alone = [bound for bound in others if bound.name not in touched]
        clashing = [bound for bound in others if bound.name in touched and not _is(bound)]
        self.tells_of_others = bool(clashing)
        for bound in left_alone:
            # For as long as it is read: the value is the row's.
            bound.field.disabled = True
        super().full_clean()
        for bound in left_alone:
            bound.field.disabled = False
            # A page that comes back shows it, too.
            bound.field.bound_data = _initial  # type: ignore[method-assign, assignment]
        for bound in clashing:
            is_merged = self.merge(bound)
            self.add_error(bound.name, clash_text(_in_words(bound), is_merged=is_merged))
        for bound in others:
            # What the page now shows or tells was seen: the next Save means it.
            self._see(bound, bound.field.prepare_value(bound.initial))

    def touched(self) -> set[str]:
        """Return the fields in which something was typed, each with those of the same value."""
        typed = set(self.changed_data)
        groups = (group for group in self.together if not typed.isdisjoint(group))
        return typed.union(*groups)

    def opened_with(self, bound: BoundField) -> Any:
        """Return what the page had in a field when it was opened, as it was sent."""
        hidden = bound.field.hidden_widget()
        return hidden.value_from_datadict(self.data, self.files, bound.html_initial_name)

    def opened_values(self) -> dict[str, str]:
        """Return the texts that the page opened with, by field."""
        names = self.opened & self.fields.keys()
        return {name: str(self.opened_with(self[name]) or "") for name in names}

    def changed_values(self) -> dict[str, Any]:
        """Return what was typed anew, by field: neither what the page had nor what the row has,
        whatever a script sends as what the page had.
        """
        values = self.cleaned_data
        names = [name for name in self.changed_data if name in values]
        return {
            name: values[name] for name in names if name not in self.opened or not _is(self[name])
        }

    def read_values(self, names: Container[str] | None = None) -> dict[str, str]:
        """Return what the row had when the form was checked, by field, to be compared under its
        lock; rows by their ids.
        """
        read = {name: self.initial[name] for name in self.fields if names is None or name in names}
        return {
            name: text_of_several(getattr(one, "pk", one) for one in value)
            if isinstance(value, list)
            else str(value)
            for name, value in read.items()
        }

    def merge(self, bound: BoundField) -> bool:
        """Have a list come back with what both have added, without what either has removed; return
        whether it is a list.
        """
        opened = self.opened_with(bound)
        if not isinstance(opened, list):
            return False
        # The control for numbers sends none where nothing is left in it.
        mine = [str(value).strip() for value in bound.data or ()]
        now = list(map(str, bound.field.prepare_value(bound.initial)))
        kept = [value for value in now if value in mine or value not in opened]
        both = kept + [value for value in mine if value not in opened and value not in now]
        self.data = self.data.copy()
        is_text = isinstance(bound.field.widget, forms.TextInput)
        self.data.setlist(bound.html_name, [",".join(both)] if is_text else both)
        return True

    def _see(self, bound: BoundField, value: Any) -> None:
        """Have the page come back as if it had opened with this."""
        text = bound.field.hidden_widget().format_value(value)
        self.data = self.data.copy()
        self.data[bound.html_initial_name] = "" if text is None else text


def _initial(_data: Any, initial: Any) -> Any:
    return initial


def _is_comparable(bound: BoundField, sent: Any) -> bool:
    """Return whether it is a value at all: no page sends one that equals nothing, such as NaN."""
    if isinstance(sent, list):
        return True
    try:
        value = bound.field.to_python(sent)
        return bool(value == value)  # noqa: PLR0124 - as a signaling NaN can't be compared
    except ArithmeticError:
        return False
    except ValidationError:
        # Django compares it as a text.
        return True


def _is(bound: BoundField, *sent: Any) -> bool:
    """Return whether a field that is sent with this, or as it was, is as the row is."""
    now, value = bound.initial, sent[0] if sent else bound.data
    if isinstance(now, str | None) and isinstance(value, str | None):
        return same(now or "", value or "")
    return not bound.field.has_changed(now, value)


def _in_words(bound: BoundField) -> str:
    """Return what a field has by now, as its page names it."""
    now, field = bound.initial, bound.field
    if isinstance(now, bool):
        return _("Yes") if now else _("No")
    if isinstance(field, forms.ModelChoiceField) and not isinstance(now, list):
        rows: Any = field.queryset
        return str(rows.filter(pk=now).first() or "")
    values = now if isinstance(now, list) else [] if now is None else str(now).splitlines()
    if not any(isinstance(value, models.Model) for value in values):
        names = {str(key): str(name) for key, name in getattr(field, "choices", ())}
        values = [names.get(str(value), value) for value in values]
    told, more = ", ".join(map(str, values[:TOLD])), len(values) - TOLD
    return names_and_more(told, more) if more > 0 else told
