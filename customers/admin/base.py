"""Base classes of the admin: they write through services, and show what a service refuses."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.views.main import ChangeList, ChangeListSearchForm
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.constants import LOOKUP_SEP
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from ..errors import AlreadyDone, Refused
from ..forms.fields import VisibleCharField, VisibleEmailField
from ..query_params import read_id, read_number, read_search
from ..requests import signed_in
from ..said import SaidField
from ..services.batches import new_key
from .figures import Figure, show_figures
from .opened import OpenedForm

if TYPE_CHECKING:
    from accounts.models import User

# More at a time is the portal's work, with progress and Undo.
ACTION_LIMIT = 1_000
# The codes of what somebody else has changed since.
CLASHES = frozenset({"changed-meanwhile", "seats-changed", "price-changed", "product-changed"})
_NUMBER = re.compile(r"\d+")
# The database refuses a pattern that is none, a range takes two values, and Python has no year 0:
# no filter sends any of them.
_NOT_ASKED_BY = {"regex", "iregex", "range", "year", "iso_year"}


def actor(request: HttpRequest) -> "User":
    return signed_in(request).user


class ServiceForm(OpenedForm):
    """A form whose `refused` is what the service said when it was tried.

    `kept` is what was sent before and is to be shown once more, where nothing is sent now.
    """

    refused: Refused | None = None
    kept: QueryDict | None = None

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(self.kept or None if data is None else data, *args, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        refused = self.refused
        # What the service found under the lock the form tells at its field already.
        if refused is not None and not (self.tells_of_others and refused.code in CLASHES):
            self.add_error(refused.field if refused.field in self.fields else None, str(refused))
        return cleaned


def is_askable(value: str) -> bool:
    """Return whether a database can be asked for the value: no NUL, no number too large."""
    parts = value.split(",")
    return "\0" not in value and all(
        read_number(part) is not None for part in map(str.strip, parts) if _NUMBER.fullmatch(part)
    )


class SearchForm(ChangeListSearchForm):
    """What a list is searched for; of a text that is longer than the portal's searches take, the
    first part: each word is asked for by itself.
    """

    def clean(self) -> dict[str, Any]:
        return {name: read_search(text) for name, text in self.cleaned_data.items()}


class KnownRows(ChangeList):
    """A list that offers to show all of its rows only where a search or a filter hides some."""

    search_form_class = SearchForm

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_count = Figure(self.result_count)
        counts = self.model_admin.counts  # type: ignore[attr-defined]
        for row in self.result_list if counts else ():
            show_figures(row, counts)
        if not self.query and not self.get_filters_params():
            self.full_result_count = self.result_count


class KnownRowsAdmin(admin.ModelAdmin[Any]):
    """An admin whose lists answer for the columns that they show, and for rows that exist.

    What names no row is the 404 page, as in the portal: an address, or a chosen row.
    `counts` are the fields that say how many.
    """

    counts: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Return whether an address may ask for rows by this: by what the list shows or filters by.

        Django lets it ask by every column of the model, and yes and no, asked often enough, tell
        a whole value: a stored password, or the token of another user's selection.
        """
        items = self.get_list_filter(request)
        filters = (item[0] if isinstance(item, list | tuple) else item for item in items)
        shown = {
            *(
                by if isinstance(by, str) else str(getattr(by, "parameter_name", ""))
                for by in filters
            ),
            *self.get_list_display(request),
            self.opts.pk.name,
            "pk",
        }
        path = lookup.split(LOOKUP_SEP)
        if path[-1] in _NOT_ASKED_BY or not is_askable(value) or self._is_naive(path[0], value):
            return False
        starts = (LOOKUP_SEP.join(path[:length]) for length in range(1, len(path) + 1))
        return not shown.isdisjoint(starts) and super().lookup_allowed(lookup, value, request)

    def _is_naive(self, name: str, value: str) -> bool:
        """Return whether the value is a moment without a zone, which no filter sends."""
        fields = {field.name: field for field in self.opts.fields}
        try:
            moment = fields[name].to_python(value)
        except (KeyError, ValidationError):
            return False
        return isinstance(moment, datetime) and timezone.is_naive(moment)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return KnownRows

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Head the page by what the row is called: a form that was refused has changed the object
        that it was made of.
        """
        row = context.get("original")
        if row is not None:
            if context["errors"]:
                row = self.get_queryset(request).filter(pk=row.pk).first() or row
            context |= {"original": row, "subtitle": self.name_of(row)}
            show_figures(context["adminform"].form.instance, self.counts)
        return super().render_change_form(request, context, *args, **kwargs)

    def name_of(self, row: Any) -> str:
        """Return what a row is called in the viewer's language."""
        return str(row)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        selected = request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)
        if any(read_id(row) is None for row in selected):
            raise Http404
        return super().changelist_view(request, extra_context)

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404


class ServiceAdmin(KnownRowsAdmin):
    """An admin that saves by `write`, which calls a service; its form shows what was refused."""

    form = ServiceForm
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False
    view_on_site = False
    # What deleting does, in sentences for the page that asks once more.
    delete_points: tuple[Any, ...] = ()

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> Any:
        """Call the service and return the written row. Only for admins that may add or change."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        written = self.write(request, obj, form, change=bool(change))
        obj.pk = written.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: Any) -> None:
        """Write nothing: the service has; Django's log asks the inlines what they did."""
        for formset in formsets:
            formset.new_objects = formset.changed_objects = formset.deleted_objects = []

    def construct_change_message(
        self, request: HttpRequest, form: Any, formsets: Any, *args: Any, **kwargs: Any
    ) -> Any:
        said = super().construct_change_message(request, form, formsets, *args, **kwargs)
        request.changed_nothing = not said  # type: ignore[attr-defined]
        return said

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: Any = messages.INFO,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        if level == messages.SUCCESS and getattr(request, "changed_nothing", False):
            message, level = _("No change needed: everything is as it was."), messages.INFO
        super().message_user(request, message, level, *args, **kwargs)

    def formfield_for_dbfield(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        is_text = isinstance(db_field, models.CharField) and not db_field.choices
        if is_text and type(db_field).__module__.startswith("django.db"):
            kind = (
                VisibleEmailField if isinstance(db_field, models.EmailField) else VisibleCharField
            )
            kwargs.setdefault("form_class", kind)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.refused = getattr(request, "refused", None)  # type: ignore[attr-defined]
        form.kept = getattr(request, "kept", None)  # type: ignore[attr-defined]
        return form

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        refusal = None
        for _look in range(2):
            try:
                return super().changeform_view(request, object_id, form_url, extra_context)
            except Refused as refused:
                # Rolled back. What changed since the form was checked, a moment ago, it is checked
                # against as well.
                refusal = refused
                if refusal.code not in CLASHES:
                    break
        # Once more: the same form now says why, with what was typed.
        request.refused = refusal  # type: ignore[attr-defined]
        return super().changeform_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {**(extra_context or {}), "points": self.delete_points}
        try:
            return super().delete_view(request, object_id, context)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(request.path)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        try:
            with transaction.atomic():
                return super().response_action(request, queryset, *args)
        except Refused as refused:
            self.message_user(request, str(refused), messages.ERROR)
        except AlreadyDone:
            self.message_user(request, _("This was already done."), messages.WARNING)
        return HttpResponseRedirect(request.get_full_path())

    def get_deleted_objects(
        self, objs: Iterable[Any], request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[str]]:
        """Return the rows themselves: what is deleted along with them, the service decides."""
        rows = [str(row) for row in objs]
        return rows, {str(self.opts.verbose_name_plural): len(rows)}, set(), []

    def get_actions(self, request: HttpRequest) -> Any:
        actions: dict[str, Any] = super().get_actions(request)
        if "delete_selected" in actions:
            _django, name, text = actions["delete_selected"]
            actions["delete_selected"] = (type(self).delete_selected, name, text)
        return actions

    def delete_selected(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> HttpResponse | None:
        rows = chosen(queryset)
        barred = [str(row) for row in rows if not self.has_delete_permission(request, row)]
        if barred:
            raise Refused(
                _("These can't be deleted here: %(names)s.") % {"names": ", ".join(barred)},
                code="not-deleted-here",
            )
        if "confirmed" not in request.POST:
            title, points = _("Delete"), [str(point) for point in self.delete_points]
            return self.confirm(request, rows, action="delete_selected", title=title, points=points)
        self.log_deletions(request, queryset)
        self.delete_queryset(request, queryset)
        self.message_user(request, _("Deleted: %(count)s.") % {"count": len(rows)})
        return None

    def confirm(
        self,
        request: HttpRequest,
        queryset: Sequence[Any],
        *,
        action: str,
        title: str,
        points: Sequence[str],
        **context: Any,
    ) -> TemplateResponse:
        """Return the page that asks once more; its form sends the same action with `confirmed`."""
        return TemplateResponse(
            request,
            "admin/confirm_action.html",
            {
                **self.admin_site.each_context(request),
                "title": title,
                "opts": self.opts,
                "media": self.media,
                "rows": queryset,
                "points": points,
                "action": action,
                "key": new_key(),
                "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
                **context,
            },
        )


class ReadOnlyAdmin(KnownRowsAdmin):
    """An admin to look at rows and not change them; `hidden` are fields that it never shows.

    Nor does it show the words of a sentence, which stands beside them, or JSON as it is stored:
    a method that is called as the field and `_in_words` says it, or nothing does.
    """

    show_full_result_count = False
    list_per_page = 50
    hidden: tuple[str, ...] = ()
    view_on_site = False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = []
        for field in self.opts.concrete_fields:
            is_json = isinstance(field, models.JSONField)
            name = f"{field.name}_in_words" if is_json else field.name
            if field.name not in self.hidden and not isinstance(field, SaidField):
                shown += [name] if not is_json or hasattr(self, name) else []
        return shown

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> type[forms.ModelForm[Any]]:
        # A note for who reads the code is in no other language, and helps nobody here.
        notes = {
            field.name: ""
            for field in self.opts.concrete_fields
            if not isinstance(field.help_text, Promise)
        }
        return super().get_form(request, obj, change=change, help_texts=notes, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def chosen(queryset: models.QuerySet[Any]) -> list[Any]:
    """Return the rows that an action is for, by id. Raise Refused when one page can't hold them."""
    rows = list(queryset.order_by("pk")[: ACTION_LIMIT + 1])
    if len(rows) > ACTION_LIMIT:
        raise Refused(_("Choose up to 1,000 at a time."), code="too-many-chosen")
    return rows


def by_customer(rows: Iterable[Any]) -> dict[Any, list[Any]]:
    """Return the rows grouped by their customer, in the order of the customers' ids."""
    found: dict[Any, list[Any]] = {}
    for row in sorted(rows, key=lambda row: (row.customer_id, row.pk)):
        found.setdefault(row.customer, []).append(row)
    return found
