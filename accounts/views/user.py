"""A user's page, and what one can do from it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from customers.actions import Action as Event
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, BatchKind, Customer
from customers.roles import Capability, Reach, who_can
from customers.services.batches import find_batch
from customers.tenancy import CustomerScopeMixin, require, why_beyond_reach
from customers.views.activity import lines
from licensing.models import LicenseAssignment, SubscriptionStatus

from ..actions.base import Action
from ..actions.licenses import LICENSES
from ..actions.registry import offered_for
from ..actions.start import CHANGE_START
from ..forms.details import MODEL_FIELDS, is_grave_form
from ..forms.user import UserForm
from ..models import User
from ..queries.license_marks import marks_of
from ..services.returns import held_at_deletion
from ..services.users import ChangedMeanwhile, change_user
from ..signin.admission import usable_from
from ..signin.reauthentication import ProofMixin
from .batches.base import undo_url
from .batches.coming_back import came_from, with_way_back
from .edit_conflicts import newer
from .user_cards import cards
from .user_rows import sign_in_state

EVENTS = 10


class UserPageMixin(CustomerScopeMixin, TemplateView):
    """A page about one user of the customer; one whose day has come is gone already."""

    user: User

    def scope(self, **kwargs: Any) -> None:
        users = User.objects.with_roles().living_or_restorable().filter(customer=self.customer)
        related = users.select_related("domain", "blocked_by", "deleted_by")
        found = related.filter(pk=kwargs["user"]).first()
        if found is None:
            raise Http404
        self.user = found
        if self.capability != Capability.SEE:
            require(self.request.user, self.capability, found)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, **context: Any) -> HttpResponse:
        # The number in the address must not hide the `user` that templates know.
        context |= {"shown_user": self.user, "back_url": self.back()}
        return self.render_to_response(self.get_context_data(**context))

    def to_user(self) -> HttpResponse:
        """Lead back to where an action was asked for: the page of the user, or a list."""
        return redirect(self.back())

    def back(self) -> str:
        of_user = reverse("accounts:user-detail", args=[self.customer.pk, self.user.pk])
        return came_from(self.request, of_user)


class UserDetailView(UserPageMixin, ProofMixin):
    template_name = "accounts/user_detail.html"

    def needs_proof(self) -> bool:
        may = self.request.user.can(Capability.MANAGE_USERS, self.user)
        return may and is_grave_form(self.request.POST, self.user.roles)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.user.deleted_at is None:
            return self.page(form=self.form())
        self.template_name = "accounts/user_deleted.html"
        may_restore = self.request.user.can(Capability.MANAGE_USERS, self.user)
        held = held_at_deletion([self.user]).get(self.user.pk, [])
        return self.page(held=held, may_restore=may_restore)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        require(request.user, Capability.MANAGE_USERS, self.user)
        form = self.form()
        if self.user.deleted_at or form is None:
            return self.to_user()
        if not form.is_valid():
            return self.page(form=form)
        return self.change(form)

    def form(self) -> UserForm | None:
        """Return the form, or None for a role that may only look."""
        actor, sent = self.request.user, self.request.POST or self.kept or None
        if not actor.can(Capability.MANAGE_USERS, self.user):
            return None
        return UserForm(sent, customer=self.customer, user=self.user, actor=actor)

    def change(self, form: UserForm) -> HttpResponse:
        actor = self.request.user
        try:
            changes = change_user(self.user, customer=self.customer, actor=actor, **form.values())
        except AlreadyDone:
            return self.to_user()
        except ChangedMeanwhile as changed:
            renewed = form.renewed(changed.fields, actor)
            events = AuditEvent.objects.of(self.customer).about(self.user).newest_first()[:50]
            return self.page(form=renewed, newer=newer(renewed, changed.fields, events))
        except Refused as refusal:
            if not User.objects.active().filter(pk=self.user.pk).exists():
                messages.error(self.request, str(refusal))
                return self.to_user()
            form.refuse(refusal)
            return self.page(form=form)
        told, key = saved(changes), form.cleaned_data["key"]
        batch = find_batch(BatchKind.CHANGE, actor=actor, customer=self.customer, key=key)
        if changes and batch and (undo := undo_url(batch, actor)):
            link = with_way_back(undo, self.back())
            told = format_html('{} <a href="{}">{}</a>', told, link, _("Undo"))
        sentences = [told, *(form.removed if changes else [])]
        if "user_name" in changes:
            name, user_name = form.cleaned_data["display_name"], changes["user_name"][1]
            text = _("%(name)s signs in as %(user_name)s from now on.")
            sentences.append(text % {"name": name, "user_name": user_name})
        for sentence in sentences:
            messages.success(self.request, sentence)
        return self.to_user()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        actor = self.request.user
        events = AuditEvent.objects.of(self.customer).about(self.user).seen_by(actor)
        log = reverse("customers:activity-list", args=[self.customer.pk])
        live = LicenseAssignment.objects.live().filter(user=self.user)
        held = live.select_related("subscription__product").order_by("subscription__product__name")
        marks, actions = marks_of(self.customer, [self.user.pk]), []
        for action in offered_for(self.user):
            reason = action.not_self if actor.pk == self.user.pk else ""
            reason = reason or _why_not(actor, action.capability, self.user)
            actions.append(ActionLink(action, self.user, reason))
        everyday = [each for each in actions if each.action.everyday and not each.reason]
        if actor.can(LICENSES.capability):
            everyday.insert(1, ActionLink(LICENSES, self.user, ""))
        return super().get_context_data(**kwargs) | {
            "sign_in": sign_in_state(self.user),
            "everyday": everyday,
            "may_add": actor.can(Capability.MANAGE_USERS),
            "added_by": _added_by(self.customer, self.user),
            "licenses": [
                Held(row, marks.of(self.user.pk, row.subscription_id))
                for row in held.prefetch_related("subscription__product__plans")
            ],
            "events": lines(self.customer, events.with_batch().newest_first()[:EVENTS]),
            "events_url": f"{log}?user_id={self.user.pk}",
            "may_see_activity": actor.can(Capability.SEE_ACTIVITY),
            "own_only": actor.reach(Capability.SEE_ACTIVITY) < Reach.FULL,
            "may_license": actor.can(Capability.MANAGE_LICENSES),
            "facts": _facts(self.user),
            "why_not": _why_not(actor, Capability.MANAGE_USERS, self.user),
            "actions": actions,
            "cards": cards(self.user, actor),
            "starts": _starts(self.user, actor),
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A license of the user, and how it came about, in words or ""."""

    assignment: LicenseAssignment
    mark: str

    @property
    def name(self) -> str:
        return self.assignment.subscription.product.name

    @property
    def is_suspended(self) -> bool:
        return self.assignment.subscription.status == SubscriptionStatus.SUSPENDED

    @property
    def off(self) -> list[str]:
        """Return the names of its service plans that are switched off."""
        plans = self.assignment.subscription.product.plans.all()
        return [plan.name for plan in plans if plan.code in self.assignment.services_off]


def _added_by(customer: Customer, user: User) -> str:
    """Return who added the user, by the name of then; "" where the log does not say."""
    events = AuditEvent.objects.of(customer).about(user).filter(action=Event.USER_ADDED)
    event = events.select_related("names").order_by("pk").first()
    return event.named.actor if event else ""


def _starts(user: User, actor: User) -> dict[str, str] | None:
    """Return what is told of who has not started yet, with the way to another day."""
    if not user.is_to_start:
        return None
    kept = user.reservations.order_by("subscription__product__name")
    names = list(kept.values_list("subscription__product__name", flat=True))
    text = [usable_from(user)]
    if names:
        text.append(_("Reserved until then: %(products)s.") % {"products": ", ".join(names)})
    found = {"text": " ".join(text), "url": "", "action": ""}
    if actor.can(CHANGE_START.capability, user):
        change = CHANGE_START.url(user.customer, urlencode({"user": user.pk}))  # type: ignore[arg-type]
        found |= {"url": change, "action": str(CHANGE_START.label)}
    return found


def _facts(user: User) -> list[tuple[str, str]]:
    """Return all details that have a value, for a role that may only look."""
    facts = [
        (_("User name"), user.user_name),
        (_("Permissions"), ", ".join(user.permission_labels())),
    ]
    for name in MODEL_FIELDS:
        field: Any = User._meta.get_field(name)
        value = getattr(user, name)
        # A country is told by its name.
        if text := str(getattr(value, "name", value)):
            facts.append((capfirst(str(field.verbose_name)), text))
    return facts


def saved(changes: Collection[str]) -> str:
    return _("Saved.") if changes else _("Nothing was changed.")


@dataclass(frozen=True, slots=True)
class ActionLink:
    """A button of an action on a user, or else the reason why there is none."""

    action: Action
    user: User
    reason: str | Promise

    @property
    def label(self) -> str | Promise:
        return self.action.label_for_one

    @property
    def text(self) -> str | Promise:
        return self.action.text_for(self.user)

    @property
    def url(self) -> str:
        return self.action.url_for(self.user)

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        return parse_qsl(self.url.partition("?")[2])


def _why_not(actor: User, capability: Capability, user: User) -> str | Promise:
    if actor.can(capability, user):
        return ""
    if actor.can(capability):
        return why_beyond_reach(actor, capability)
    return who_can(capability, staff=actor.partner_id is not None)
