from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from customers.admin.base import actor, by_customer, chosen
from customers.admin.exporting import ExportAdmin
from customers.folding import folded_words
from customers.services.batches import new_key

from ..models import CredentialSheet, SheetKind, User
from ..queries.filters import MUST_CHANGE, PASSWORD_EXPIRED
from ..resources import UserResource
from ..services.expiry import temporary_password_expired
from ..services.staff import Issued, add_staff, change_staff, remove_staff
from ..services.users import NewUser, add_users, change_user, delete_users
from ..signin.proving import Act, is_grave
from ..views.user_rows import COMPOUND
from .actions import UserActions
from .filters import GroupFilter, KindFilter, SignInFilter
from .forms import FORMS, NAMES, OWNERS, RIGHTS, Kind
from .sheets import read_in_admin


@admin.register(User)
class UserAdmin(ExportAdmin, UserActions):
    """All users. There is no password here: Reset password makes one and shows it once."""

    resource_classes = (UserResource,)
    list_display = ("display_name", "user_name", "belongs_to", "permissions", "sign_in", "added_at")
    list_display_links = ("display_name", "user_name")
    list_filter = (KindFilter, SignInFilter, ("groups", GroupFilter), "added_at")
    search_fields = ("display_name", "user_name")
    search_help_text = _("Display name, user name, first and last name")
    ordering = ("-id",)
    raw_id_fields = ("customer", "partner", "allowed_customers")
    import_export_change_list_template = "admin/accounts/user/change_list.html"
    delete_points = (
        _("Sign-in ends at once, and the seats are free at once."),
        _("Everything can be restored until the date on each user's page."),
        _("Partner staff are removed permanently: to bring someone back, add them again."),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[User]:
        rows = User.objects.with_roles().defer("password")
        return rows.select_related("customer__partner", "partner")

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        words = Q()
        for word in folded_words(search_term):
            words &= Q(search_text__contains=word)
        return queryset.filter(words), False

    @admin.display(description=_("belongs to"))
    def belongs_to(self, user: User) -> str:
        if user.is_machine:
            return gettext("Integration of %(partner)s") % {"partner": user.partner}
        return str(user.customer or user.partner or gettext("Support staff"))

    @admin.display(description=_("permissions"))
    def permissions(self, user: User) -> str:
        if Kind.of(user) == Kind.SUPPORT:
            return gettext("Superuser") if user.is_superuser else gettext("By group")
        return COMPOUND.sub("\u00ad", ", ".join(user.permission_labels()))

    @admin.display(description=_("sign-in"))
    def sign_in(self, user: User) -> str:
        if user.deleted_at:
            return gettext("Deleted")
        if user.blocked_at:
            return gettext("Blocked")
        if user.is_machine:
            return gettext("By tokens alone")
        if user.is_to_start:
            return gettext("Not started yet")
        if temporary_password_expired(user):
            return str(PASSWORD_EXPIRED)
        return str(MUST_CHANGE) if user.must_change_password else gettext("Allowed")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and (obj.deleted_at or obj.is_machine):
            return False
        if obj is not None and Kind.of(obj) == Kind.SUPPORT and not actor(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the user can be deleted, softly. Support staff are blocked instead.

        An integration is its partner's to change and remove; support staff can block it.
        """
        if obj is not None and (obj.deleted_at or obj.is_machine):
            return False
        if obj is not None and Kind.of(obj) == Kind.SUPPORT:
            return False
        return super().has_delete_permission(request, obj)

    def is_grave(self, request: HttpRequest, obj: Any) -> bool:
        """Return whether this changes a team, support staff, or who is an administrator."""
        if self._kind(request, obj) != Kind.USER:
            return True
        act = Act.ADD if obj is None else Act.CHANGE
        return is_grave(act, obj, roles=request.POST.getlist("roles"))

    def is_grave_to_delete(self, request: HttpRequest, obj: Any) -> bool:
        return is_grave(Act.DELETE, obj)

    def _kind(self, request: HttpRequest, obj: Any) -> Kind:
        if obj is not None:
            return Kind.of(obj)
        asked = request.GET.get("kind", "")
        if asked == Kind.SUPPORT and not actor(request).is_superuser:
            return Kind.USER
        return Kind(asked) if asked in list(Kind) else Kind.USER

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = None, **kwargs: Any
    ) -> Any:
        kwargs["form"] = FORMS[self._kind(request, obj)]
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        kind = self._kind(request, obj)
        # Of a page that is only shown, the roles are told in words.
        only_shown = obj is not None and not self.has_change_permission(request, obj)
        rights = ("permissions",) if only_shown else RIGHTS[kind]
        details = [name for name in FORMS[kind].detail_fields if name not in NAMES]
        fieldsets = [
            (None, {"fields": (*OWNERS[kind], "user_name", *NAMES)}),
            (_("Permissions"), {"fields": rights}),
            (_("Details"), {"fields": tuple(details)}),
        ]
        if obj is not None:
            fieldsets.append((_("Sign-in"), {"fields": self._facts(obj)}))
        return fieldsets

    @staticmethod
    def _facts(user: User) -> tuple[str, ...]:
        facts = ["sign_in", "added_at", "last_login", "temporary_password_set_at", "starts_on"]
        facts += ["blocked_at", "blocked_by"] if user.blocked_at else []
        facts += ["deleted_at", "deleted_by", "purge_after"] if user.deleted_at else []
        return tuple(facts)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (*OWNERS[Kind.of(obj)], *self._facts(obj), "permissions")

    def write(self, request: HttpRequest, obj: Any, form: Any, *, change: bool) -> User:
        by, is_staff = actor(request), Kind.of(obj) != Kind.USER
        if is_staff and change:
            change_staff(obj, form.details(), actor=by, seen=form.read_values())
            return obj  # type: ignore[no-any-return]
        if is_staff:
            issued = add_staff(form.details(), partner=obj.partner, actor=by)
            request.issued = issued  # type: ignore[attr-defined]
            return issued.user
        if change:
            changed = form.changed_values()
            is_renamed = "user_name" in changed
            change_user(
                obj,
                customer=obj.customer,
                actor=by,
                fields={name: value for name, value in form.values().items() if name in changed},
                local_part=form.local_part if is_renamed else None,
                domain=form.domain if is_renamed else None,
                roles=form.chosen_roles() if "roles" in changed else None,
                seen=form.read_values(changed),
            )
            return obj  # type: ignore[no-any-return]
        values = form.values()
        name = values.pop("display_name")
        new = NewUser(form.local_part, form.domain, name, values, form.chosen_roles())
        added = add_users([new], customer=obj.customer, actor=by, key=new_key())
        request.sheet = added.sheet  # type: ignore[attr-defined]
        return added.users[0]

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Lead to the temporary password, which is shown now or never."""
        issued: Issued | None = getattr(request, "issued", None)
        if issued is not None:
            return self.keep_and_show(request, issued.user, issued.password)
        return read_in_admin(request.sheet.pk)  # type: ignore[attr-defined]

    def twins(self, form: Any) -> Iterable[User]:
        """Return the user who is all that this form asks for, which is wrong in no more."""
        if set(form.errors) != {"user_name"}:
            return
        owner = {name: form.cleaned_data.get(name) for name in ("customer", "partner")}
        name = str(form["user_name"].value()).strip().lower()
        for user in User.objects.active().filter(username=name, **owner):
            if not set(type(form)(form.data, instance=user).changed_data) - {"user_name"}:
                yield user

    def show_again(self, request: HttpRequest, row: User) -> HttpResponse | None:
        if row.customer_id is None:
            return super().show_again(request, row)
        own = CredentialSheet.objects.open().filter(by=actor(request), kind=SheetKind.ADDED)
        sheet = own.filter(users=1, batch__items__user=row).first()
        return read_in_admin(sheet.pk) if sheet else None

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self._delete([obj], request)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        self._delete(chosen(queryset), request)

    @staticmethod
    def _delete(rows: list[User], request: HttpRequest) -> None:
        remove_staff([user for user in rows if not user.customer_id], actor=actor(request))
        users = [user for user in rows if user.customer_id]
        for customer, own in by_customer(users).items():
            delete_users(own, customer=customer, actor=actor(request))
