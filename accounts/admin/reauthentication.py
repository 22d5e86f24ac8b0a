"""Asked again in the admin too, before what is grave (accounts.signin.reauthentication).

class GroupAdmin(ProofAdmin):
    def is_grave(self, request, obj): ...

Django's admin finds by itself the row and whether it is theirs to write: what is not stays a 403
or 404. Only then a proof is asked for, where the form is made, the rows to delete are listed or
the action is called: nothing gets past these, whatever the address and the form say.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest, HttpResponse

from customers.admin.base import ServiceAdmin

from ..signin.reauthentication import ask_for_proof, has_proof, take_kept

Verb = Callable[[Any, HttpRequest, models.QuerySet[Any]], HttpResponse | None]


class _Unproven(Exception):
    """This is grave, and nobody has proven lately who they are."""


class ProofAdmin(ServiceAdmin):
    """An admin that asks for a proof when its form is sent, which is then kept, not before."""

    def is_grave(self, request: HttpRequest, obj: Any) -> bool:
        """Whether to add (`obj` is None), change or delete this row needs a proof."""
        raise NotImplementedError

    def is_grave_to_delete(self, request: HttpRequest, obj: Any) -> bool:
        return self.is_grave(request, obj)

    def is_grave_action(self, action: str, queryset: models.QuerySet[Any]) -> bool:
        """Whether to do this to the chosen rows needs a proof."""
        raise NotImplementedError

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        if (obj is None or request.method == "POST") and self.is_grave(request, obj):
            _require_proof(request)
        return super().get_form(request, obj, change=change, **kwargs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the form after a proof as it was sent before it; it is to be sent again."""
        if request.method == "GET" and has_proof(request):
            request.kept = take_kept(request)  # type: ignore[attr-defined]
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except _Unproven:
            return ask_for_proof(request, keep=True)

    def get_deleted_objects(
        self, objs: Iterable[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        rows = list(objs)
        if any(self.is_grave_to_delete(request, row) for row in rows):
            _require_proof(request)
        return super().get_deleted_objects(rows, request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except _Unproven:
            return ask_for_proof(request)

    def get_actions(self, request: HttpRequest) -> Any:
        return {
            name: (self._asking(name, verb), name, text)
            for name, (verb, _name, text) in super().get_actions(request).items()
        }

    def _asking(self, name: str, verb: Verb) -> Verb:
        def act(
            admin: Any, request: HttpRequest, queryset: models.QuerySet[Any]
        ) -> HttpResponse | None:
            if self.is_grave_action(name, queryset):
                _require_proof(request)
            return verb(admin, request, queryset)

        return act

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        try:
            return super().response_action(request, queryset, *args)
        except _Unproven:
            return ask_for_proof(request, keep=True)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        """Show the page that asks once more after a proof, with the rows that were chosen."""
        if request.method == "GET" and has_proof(request):
            kept = take_kept(request)
            if "action" in kept:
                # As the list sends it: nothing is done without `confirmed`.
                request.is_back = True  # type: ignore[attr-defined]
                unconfirmed = kept.copy()
                unconfirmed.pop("confirmed", None)
                request.method, request.POST = "POST", unconfirmed  # type: ignore[assignment]
        return super().changelist_view(request, extra_context)


def is_back(request: HttpRequest) -> bool:
    """Return whether this action was kept while a proof was asked for, and not sent just now."""
    return getattr(request, "is_back", False)


def _require_proof(request: HttpRequest) -> None:
    if not has_proof(request):
        raise _Unproven
