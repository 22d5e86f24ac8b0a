"""Restoring deleted users: first what comes back, then the deed, if that is still so."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.actor import actor_of
from customers.errors import Refused
from customers.models import BatchKind
from customers.roles import Capability
from customers.services.batches import new_key
from customers.tenancy import require

from ..forms.restore import RestoreForm, field_name, pack, unpack, with_proposals
from ..models import User
from ..services.returns import Return, differences, fingerprint
from ..services.users import plan_restore, restore_users
from .chosen import chosen_users
from .once import OnceMixin


class UserRestoreView(OnceMixin, TemplateView):
    kind = BatchKind.RESTORE
    capability = Capability.MANAGE_USERS
    template_name = "accounts/user_restore.html"

    def scope(self, **kwargs: Any) -> None:
        self.stop_if_done()
        chosen, actor = chosen_users(self.request, self.customer), actor_of(self.request)
        deleted = [user for user in chosen if user.deleted_at]
        self.notes = [_not_deleted(user) for user in chosen if user.deleted_at is None]
        barred = [user for user in deleted if not actor.can(self.capability, user)]
        if barred and len(barred) == len(chosen):
            require(actor, self.capability, barred[0])
        self.notes += [_barred(user) for user in barred]
        now = timezone.now()
        self.notes += [_too_late(user) for user in deleted if _is_final(user, now)]
        self.people = [user for user in deleted if user not in barred and not _is_final(user, now)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        returns = self.plan()
        return self.page(RestoreForm(returns=returns), returns)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        returns = self.plan()
        changed = differences(unpack(request.POST.get("seen", "")), returns)
        form = RestoreForm(with_proposals(request.POST, returns), returns=returns)
        if not self.people or not form.is_valid() or changed:
            return self.page(form, returns, changed)
        final = self.plan(form.names())
        if form.refuse(final):
            return self.page(form, returns)
        return self.restore(form, fingerprint(final))

    def plan(self, names: dict[int, str] | None = None) -> list[Return]:
        return plan_restore(self.people, customer=self.customer, names=names)

    def restore(self, form: RestoreForm, expected: str) -> HttpResponse:
        try:
            restored = restore_users(
                self.people,
                customer=self.customer,
                actor=actor_of(self.request),
                names=form.names(),
                expected=expected,
                key=self.request.POST.get("key", ""),
            )
        except Refused as refusal:
            return self.page(form, self.plan(), [str(refusal)])
        return redirect("accounts:batch-detail", restored.batch.pk)

    def page(
        self, form: RestoreForm, returns: Sequence[Return], changed: Sequence[str] = ()
    ) -> HttpResponse:
        fields = {item.user.pk: _bound(form, item) for item in returns}
        context = self.get_context_data(
            form=form,
            rows=[(item, fields[item.user.pk]) for item in returns],
            back=sum(len(item.back) for item in returns),
            lost=sum(len(item.lost) for item in returns),
            renamed=sum(bool(item.name_problem) for item in returns),
            notes=self.notes,
            changed=changed,
            seen=pack(returns),
            key=new_key(),
        )
        return self.render_to_response(context)


def _bound(form: RestoreForm, item: Return) -> Any:
    name = field_name(item.user)
    return form[name] if name in form.fields else None


def _is_final(user: User, now: Any) -> bool:
    return user.purge_after is None or user.purge_after <= now


def _not_deleted(user: User) -> str:
    return _("%(name)s is not deleted (any more).") % {"name": user.display_name}


def _barred(user: User) -> str:
    return _(
        "%(name)s is an administrator, which your role does not reach: left out. A Global"
        " administrator or your partner can restore this person."
    ) % {"name": user.display_name}


def _too_late(user: User) -> str:
    return _("The time to restore %(name)s is over.") % {"name": user.display_name}
