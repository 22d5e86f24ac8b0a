"""Usage location, department and permissions of the chosen: what they are now, and the choice."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from customers.formats import figure
from customers.models import BatchKind
from customers.roles import CUSTOMER_ROLES, Capability, Reach, Role, is_grave_change

from ..forecast import permissions_of, products_barred_somewhere, todo_of, values_of
from ..forms.bulk import ChangeForm, DeedForm, DepartmentForm, LocationForm, PermissionsForm
from ..forms.details import roles_sent
from ..models import UserQuerySet
from ..services.users.writing import own_permissions
from .bulk import BulkView

# So many values are counted by name, and the others together.
VALUES = 6


class UsersChangeView(BulkView):
    kind = BatchKind.CHANGE
    capability = Capability.MANAGE_USERS
    tone = "primary"
    FORMS: ClassVar[dict[str, type[ChangeForm]]] = {
        "location": LocationForm,
        "department": DepartmentForm,
        "permissions": PermissionsForm,
    }
    ACTIONS: ClassVar[dict[str, str | Promise]] = {
        "location": gettext_lazy("Change usage location"),
        "department": gettext_lazy("Change department"),
        "permissions": gettext_lazy("Change permissions"),
    }
    what: str

    def scope(self, **kwargs: Any) -> None:
        self.what = kwargs.pop("what")
        if self.what not in self.FORMS:
            raise Http404
        super().scope(**kwargs)
        if self.what == "permissions":
            self.not_self = own_permissions()

    @property
    def action(self) -> str | Promise:
        return self.ACTIONS[self.what]

    def form(self) -> DeedForm:
        return self.FORMS[self.what](self.sent, actor=self.request.user)

    def needs_proof(self) -> bool:
        roles = roles_sent(self.request.POST) if self.what == "permissions" else None
        if roles is None:
            return False
        taken = set(CUSTOMER_ROLES) - set(roles)
        return (
            is_grave_change((), roles)
            or todo_of(self.judged()).filter(groups__name__in=taken).exists()
        )

    def barred(self) -> str:
        if self.what != "permissions":
            return ""
        if self.request.user.reach(self.capability) == Reach.FULL:
            return ""
        return _("Your role can't make somebody an administrator, nor take it from one.")

    def now(self, count: int, people: UserQuerySet) -> str:
        if self.what == "permissions":
            found = permissions_of(people)[:VALUES]
            values = [(permissions_text(roles), number) for roles, number in found]
        else:
            name = {"location": "usage_location", "department": "department"}[self.what]
            values = [
                ((countries.name(value) if name == "usage_location" else value), number)
                for value, number in values_of(people, name, most=VALUES)
            ]
        texts = [f"{value or _('not set')} ({figure(number)})" for value, number in values]
        if others := count - sum(number for _value, number in values):
            texts.append(_("others (%(count)s)") % {"count": figure(others)})
        return _("Now: %(values)s.") % {"values": ", ".join(texts)}

    def points(self, count: int, people: UserQuerySet) -> list[str]:
        if self.what == "location":
            return _of_location(people)
        if self.what == "department":
            return [_("Whoever is in that department already is left alone.")]
        return [
            _("Each has the chosen permissions afterwards, and no others."),
            _("They count from the next click on; licenses and passwords stay."),
        ]


def permissions_text(roles: Sequence[Role]) -> str:
    return " + ".join(str(role.label) for role in roles) or _("User")


def _of_location(people: UserQuerySet) -> list[str]:
    kept = _("Licenses stay. Whoever has that location already is left alone.")
    barred = products_barred_somewhere(people)
    if not barred:
        return [kept]
    left = _("Whoever holds a license that can't be used there is left out, and named afterwards.")
    return [kept, left, *(_barred(*row) for row in barred)]


def _barred(product: str, codes: Sequence[str], count: int) -> str:
    return _("%(product)s (%(count)s) can't be used in %(countries)s.") % {
        "product": product,
        "count": figure(count),
        "countries": ", ".join(countries.name(code) or code for code in codes),
    }
