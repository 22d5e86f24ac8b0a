from typing import Any

from django import forms

from customers.forms.fields import VisibleCharField
from customers.said import gettext as _
from customers.said import gettext_lazy

from ..forms.bulk import ActionForm
from ..models import User, UserQuerySet
from .change import FieldChange

_LENGTH: int = User._meta.get_field("department").max_length  # type: ignore[assignment]


class DepartmentForm(ActionForm):
    department = VisibleCharField(
        label=gettext_lazy("Department"),
        required=False,
        max_length=_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    remove = forms.BooleanField(label=gettext_lazy("Remove the department"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        department, remove = cleaned.get("department"), cleaned.get("remove")
        if department and remove:
            self.add_error("remove", _("Either enter a department, or remove it."))
        elif department == "" and not remove:
            self.add_error("department", _("Enter a department, or choose to remove it."))
        return cleaned

    def request(self) -> dict[str, Any]:
        return super().request() | {"fields": {"department": self.cleaned_data["department"]}}


class ChangeDepartment(FieldChange):
    name = "department"
    field = "department"
    label = gettext_lazy("Change department")
    icon = "diagram-3"
    form_class = DepartmentForm

    def points(
        self, count: int, users: UserQuerySet | None = None, *, chosen: int = 0
    ) -> list[str]:
        return [_("Users who are already in that department are not changed.")]


CHANGE_DEPARTMENT = ChangeDepartment()
