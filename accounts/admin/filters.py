from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.roles import group_name

from ..models.expressions import password_expired
from ..queries.filters import MUST_CHANGE, PASSWORD_EXPIRED
from ..sorting import sort_key


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("user", _("Customers' users")),
            ("staff", _("Partner staff")),
            ("integration", _("Integrations")),
            ("support", _("Support staff")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        conditions = {
            "user": Q(customer__isnull=False),
            "staff": Q(partner__isnull=False, is_machine=False),
            "integration": Q(is_machine=True),
            "support": Q(customer=None, partner=None),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))


class GroupFilter(admin.RelatedFieldListFilter):
    """Groups by what the viewer calls them, in that order."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        choices = super().field_choices(field, request, model_admin)
        named = [(pk, group_name(str(name))) for pk, name in choices]
        return sorted(named, key=lambda choice: sort_key(choice[1], ""))


class SignInFilter(admin.SimpleListFilter):
    title = _("sign-in")
    parameter_name = "sign_in"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("allowed", _("Allowed")),
            ("blocked", _("Blocked")),
            ("temporary", MUST_CHANGE),
            ("expired", PASSWORD_EXPIRED),
            ("deleted", _("Deleted")),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        living = Q(deleted_at=None)
        conditions = {
            "allowed": living & Q(blocked_at=None, must_change_password=False),
            "blocked": living & Q(blocked_at__isnull=False),
            "temporary": living & Q(must_change_password=True),
            "expired": living & password_expired(),
            "deleted": Q(deleted_at__isnull=False),
        }
        return queryset.filter(conditions.get(self.value() or "", Q()))
