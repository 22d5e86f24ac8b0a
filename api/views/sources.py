"""The sources of a customer's users: what they do, their tokens, and what they could not do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Max, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import User
from accounts.signin.kept_secrets import KeptSecrets
from accounts.signin.reauthentication import ProofMixin
from accounts.views.user import saved
from customers.errors import Refused
from customers.formats import CANT_BE_UNDONE, was_removed
from customers.forms.fields import say_at_field
from customers.models import Batch, BatchKind, Customer
from customers.roles import Capability, who_can
from customers.tenancy import CustomerScopeMixin

from ..forms.sources import SourceForm, SourceSettingsForm, SourceTokenForm
from ..models import Doing, ScimLink, Source, SourceRefusal, Token, TokenKind
from ..models.sources import REFUSALS_KEPT
from ..recipes import recipes_for
from ..scim.addresses import address_of
from ..services.ending import AHEAD
from ..services.sources import (
    MOST_TOKENS,
    add_source,
    add_source_token,
    change_source,
    may_manage,
    remove_source,
    revoke_source_token,
)

SHOWN = 50

NEW_TOKENS = KeptSecrets("source-tokens", b"partner portal: token of a source to hand over")


class SourcesMixin(CustomerScopeMixin, TemplateView):
    """A page of those who look after the customer's sources."""

    capability = Capability.MANAGE_USERS

    @property
    def actor(self) -> User:
        return self.request.user

    def scope(self, **kwargs: Any) -> None:
        if not may_manage(self.actor):
            staff = self.actor.partner_id is not None
            raise PermissionDenied(str(who_can(Capability.MANAGE_USERS, staff=staff)))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page()

    def page(self, **context: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(**context))


class SourceMixin(SourcesMixin):
    """A page about one source of the customer."""

    source: Source

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        related = self.customer.sources.select_related("user", "subscription__product")
        self.source = get_object_or_404(related, pk=kwargs["source"])
        self.source.customer = self.customer

    def to_source(self) -> HttpResponse:
        return redirect("api:source-detail", self.customer.pk, self.source.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"source": self.source}


class SourceListView(SourcesMixin):
    template_name = "api/source_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"rows": rows_of(self.customer)}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source of the list."""

    source: Source
    users: int
    refused: int
    last_contact: datetime | None
    ends_at: datetime | None


def rows_of(customer: Customer) -> list[SourceRow]:
    """Return the sources by name, with figures: a query for each column."""
    links = ScimLink.objects.filter(customer=customer, user__deleted_at=None).order_by()
    users = dict(links.values_list("source").annotate(Count("pk")))
    recent = SourceRefusal.objects.filter(
        customer=customer, last_at__gt=timezone.now() - REFUSALS_KEPT
    )
    refused = dict(recent.order_by().values_list("source").annotate(Count("pk")))
    tokens = Token.objects.filter(kind=TokenKind.SOURCE, user__source__customer=customer)
    seen = dict(tokens.order_by().values_list("user").annotate(Max("last_used_at")))
    ends = dict(tokens.living().order_by().values_list("user").annotate(Max("ends_at")))
    return [
        SourceRow(
            source,
            users.get(source.pk, 0),
            refused.get(source.pk, 0),
            seen.get(source.user_id),
            ends.get(source.user_id),
        )
        for source in customer.sources.order_by("name", "pk")
    ]


class SourceAddView(SourcesMixin, ProofMixin):
    template_name = "api/source_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=SourceForm(self.kept or None, customer=self.customer))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SourceForm(request.POST, customer=self.customer)
        if not form.is_valid():
            return self.page(form=form)
        try:
            name = form.cleaned_data["name"]
            source = add_source(self.customer, name, form.facts(), actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        messages.success(
            request, _("%(name)s is added. Next, add a token for it.") % {"name": source.name}
        )
        return redirect("api:source-detail", self.customer.pk, source.pk)


class SourceDetailView(SourceMixin):
    template_name = "api/source_detail.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        initial = SourceSettingsForm.initial_of(self.source)
        return self.page(form=SourceSettingsForm(initial=initial, customer=self.customer))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SourceSettingsForm(request.POST, customer=self.customer)
        if not form.is_valid():
            return self.page(form=form)
        try:
            changes = change_source(self.source, form.facts(), actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        messages.success(request, saved(changes))
        return self.to_source()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = self.request.build_absolute_uri(address_of(self.customer.uuid))
        recent = self.source.refusals.filter(last_at__gt=timezone.now() - REFUSALS_KEPT)
        tokens = [TokenLine(token) for token in self.source.tokens]
        return super().get_context_data(**kwargs) | {
            "address": address,
            "recipes": recipes_for(address),
            "tokens": tokens,
            "may_add_token": len(tokens) < MOST_TOKENS,
            "last_contact": self.source.last_contact_at,
            "figures": figures_of(self.source),
            "refusals": recent.order_by("-last_at", "-pk")[:SHOWN],
        }


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token of the list, which is marked when whoever made it is warned."""

    token: Token

    @property
    def ends_soon(self) -> bool:
        return self.token.ends_at - timezone.now() < AHEAD


@dataclass(frozen=True, slots=True)
class Figures:
    """What a source has done in the last 30 days, and whom it keeps now."""

    users: int
    added: int
    changed: int
    blocked: int
    deleted: int
    refused: int
    since: datetime


def figures_of(source: Source) -> Figures:
    since = timezone.now() - REFUSALS_KEPT
    batches = Batch.objects.filter(by=source.user_id, customer=source.customer_id, done__gt=0)
    kinds = batches.filter(created_at__gt=since).values_list("kind").annotate(Count("pk"))
    done: dict[str, int] = dict(kinds.order_by())
    refused = source.refusals.filter(last_at__gt=since).exclude(doing=Doing.LICENSE)
    return Figures(
        users=source.links.filter(user__deleted_at=None).count(),
        added=done.get(BatchKind.CREATE, 0) + done.get(BatchKind.RESTORE, 0),
        changed=done.get(BatchKind.CHANGE, 0) + done.get(BatchKind.ALLOW, 0),
        blocked=done.get(BatchKind.BLOCK, 0),
        deleted=done.get(BatchKind.DELETE, 0),
        refused=refused.aggregate(all=Sum("times"))["all"] or 0,
        since=since,
    )


class SourceRemoveView(SourceMixin, ProofMixin):
    template_name = "api/source_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Remove source"),
            "tone": "danger",
            "points": [
                _("Its tokens stop working at once: it can no longer add or change users here."),
                _("Its users stay as they are, with their licenses. All their fields can be"
                  " changed here again."),
                _("Users that it has deleted can be restored from the list of deleted users, but"
                  " not by a new source."),
                _("This can't be undone. The activity log keeps what it has done."),
            ],
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_source(self.source, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, was_removed(self.source.name))
        return redirect("api:source-list", self.customer.pk)


class SourceTokenAddView(SourceMixin, ProofMixin):
    template_name = "api/source_token_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=SourceTokenForm(self.kept or None))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SourceTokenForm(request.POST)
        if not form.is_valid():
            return self.page(form=form)
        try:
            made = add_source_token(self.source, ends_at=form.ends_at(), actor=self.actor)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.page(form=form)
        NEW_TOKENS.keep(request, made.token.pk, made.text)
        return redirect("api:source-token", self.customer.pk, self.source.pk, made.token.pk)


class TokenMixin(SourceMixin):
    """A page about one token of the source."""

    token: Token

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        found = self.source.tokens.filter(pk=kwargs["source_token"]).first()
        if found is None:
            raise Http404
        self.token = found


class SourceTokenView(TokenMixin):
    """A token that was made just now, until Done."""

    template_name = "api/source_token.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        text = NEW_TOKENS.find(request, self.token.pk) if self.token.is_living else ""
        if not text:
            return self.to_source()
        address = request.build_absolute_uri(address_of(self.customer.uuid))
        return self.page(token=text, address=address)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        NEW_TOKENS.forget(request, self.token.pk)
        return self.to_source()


class SourceTokenRevokeView(TokenMixin, ProofMixin):
    template_name = "api/source_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "action": _("Revoke token"),
            "tone": "danger",
            "points": [
                _("The token that begins with %(prefix)s stops working at once.")
                % {"prefix": self.token.prefix},
                _("Unless the source has another one, it can no longer reach the portal."),
                str(CANT_BE_UNDONE),
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            revoke_source_token(self.source, self.token, actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The token was revoked."))
        return self.to_source()
