"""Columns of the user list: which there are, and those that a person chose for all their lists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from customers.roles import Capability
from customers.tenancy import CustomerScopeMixin
from customers.views.lists import Column, columns

from ..models import User
from ..services.users.me import set_list_columns

# Headings of columns that sort, by the name of the order.
NAME, USER = "name", "user"
SORT_LABELS: dict[str, str | Promise] = {NAME: _("Display name"), USER: _("User name")}
# Those that can be chosen, as they stand from left to right.
CHOICES: dict[str, str | Promise] = {
    "licenses": _("Licenses"),
    "department": _("Department"),
    "title": _("Job title"),
    "office": _("Office"),
    "location": _("Usage location"),
    "permissions": _("Permissions"),
    "sign-in": _("Sign-in"),
    "signed-in": _("Last sign-in"),
    "added": _("Added"),
}
SORTED = ("department", "signed-in", "added")
# The last ones come first at the first click.
MOMENTS = {"signed-in", "added"}
# At 1280 px, beside the menu, there is room for these.
USUAL = ("licenses", "permissions", "sign-in", "signed-in", "added")


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """A box of the menu Columns."""

    name: str
    label: str | Promise
    is_shown: bool


def shown_columns(viewer: User) -> Sequence[str]:
    """Return the names of the columns that this person's lists show beside the names."""
    if not viewer.list_columns:
        return USUAL
    return ordered(viewer.list_columns.split(","))


def ordered(names: Iterable[str]) -> list[str]:
    """Return those that there are, in their order; what another version had is left out."""
    chosen = set(names)
    return [name for name in CHOICES if name in chosen]


def column_choices(shown: Sequence[str]) -> list[ColumnChoice]:
    return [ColumnChoice(name, label, name in shown) for name, label in CHOICES.items()]


def headings(request: HttpRequest, sort: str, shown: Sequence[str]) -> list[Column | str]:
    """Return a heading that sorts, or its text alone, for the names and each shown column."""
    labels = SORT_LABELS | {name: CHOICES[name] for name in SORTED}
    by = dict(zip(labels, columns(request, sort, labels, MOMENTS), strict=True))
    return [by.get(name) or str(CHOICES[name]) for name in (NAME, USER, *shown)]


class UserColumnsView(CustomerScopeMixin, View):
    """The address that takes the chosen columns, and leads back to the list."""

    capability = Capability.SEE
    http_method_names = ("post",)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # With a box for the names, to choose no other column is a choice, too.
        chosen = [USER, *ordered(request.POST.getlist("column"))]
        usual = "usual" in request.POST or chosen == [USER, *USUAL]
        set_list_columns(self.request.user, "" if usual else ",".join(chosen))
        # The list's own parameters: its path is not the sender's to choose.
        back = QueryDict(request.POST.get("back", ""))
        page = reverse("accounts:user-list", args=[self.customer.pk])
        return redirect(f"{page}?{back.urlencode()}" if back else page)
