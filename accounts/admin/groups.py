from typing import Any

from allauth.account import admin as allauth_admin
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as _auth_admin  # noqa: F401
from django.contrib.auth.models import Group, Permission
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.base import actor, chosen
from customers.roles import Role, group_name

from ..services.staff import change_group, remove_group
from .reauthentication import ProofAdmin

# Imported first, so that these are there to be taken out. Signing in is by user name: the portal
# keeps no list of addresses.
admin.site.unregister([allauth_admin.EmailAddress, Group])


@admin.register(Group)
class GroupAdmin(ProofAdmin):
    """Groups of support staff. The portal's own roles are groups too, and stay as they are."""

    list_display = ("called",)
    search_fields = ("name",)
    ordering = ("name",)
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    @admin.display(description=_("name"), ordering="name")
    def called(self, group: Group) -> str:
        return self.name_of(group)

    def name_of(self, row: Group) -> str:
        return group_name(row.name)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Return the fields: of a role its name alone, since what it may do is no permission."""
        return ("name", "permissions") if self._is_free(obj) else ("called",)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        # Each permission is shown with its model: without the join a query each.
        kwargs["queryset"] = Permission.objects.select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def is_grave(self, request: HttpRequest, obj: Any) -> bool:
        return True

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_free(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._is_free(obj) and super().has_delete_permission(request, obj)

    @staticmethod
    def _is_free(group: Group | None) -> bool:
        return group is None or group.name not in Role.values

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Group:
        # Whose name is the old one still, for the log and to compare.
        group = Group(pk=obj.pk, name=form.initial.get("name", "")) if change else Group()
        seen = form.initial if change else None
        return change_group(group, actor=actor(request), seen=seen, **form.cleaned_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        remove_group(obj, actor=actor(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        for group in chosen(queryset):
            remove_group(group, actor=actor(request))
