from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView, TemplateView

from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.formats import NOTHING_TO_CHANGE, figure
from customers.forms.reason import ReasonForm, told_reason
from customers.models import AuditEvent
from customers.query_params import local_address, read_number
from customers.roles import Capability, whom_to_ask
from customers.services.batches import new_key
from customers.tenancy import CustomerScopeMixin

from .errors import SeatsChanged
from .forms import PriceForm, SeatsForm, SubscriptionAddForm
from .models import RENEWAL_DAYS, LicenseAssignment, Subscription, anniversary
from .prices import price_text
from .services.subscriptions import (
    add_subscription,
    cancel_subscription,
    change_price,
    change_seats,
    resume_subscription,
    suspend_subscription,
)

if TYPE_CHECKING:
    from accounts.models import User

NAMED = 10


class SubscriptionListView(CustomerScopeMixin, TemplateView):
    capability = Capability.SEE_SUBSCRIPTIONS
    template_name = "licensing/subscription_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        today = timezone.localdate()
        rows = list(self.customer.subscriptions.for_list())
        for row in rows:
            row.renews_on = row.next_renewal(today)
        renewing = self.request.GET.get("renews") == str(RENEWAL_DAYS)
        if renewing:
            rows = [row for row in rows if row.renews_soon(today)]
        full = self.request.GET.get("full") == "1" and not renewing
        if full:
            ids = set(self.customer.subscriptions.full().values_list("pk", flat=True))
            rows = [row for row in rows if row.pk in ids]
        may_manage = user.can(Capability.MANAGE_SUBSCRIPTIONS)
        return super().get_context_data(**kwargs) | {
            "subscriptions": [row for row in rows if not row.is_canceled],
            "canceled": [row for row in rows if row.is_canceled],
            "renewal_days": RENEWAL_DAYS if renewing else None,
            "only_full": full,
            "may_manage": may_manage,
            "who_can": "" if may_manage else self.who_can(user),
        }

    def who_can(self, user: "User") -> str:
        if user.partner_id:
            text = _("You can view subscriptions, but not change them.")
            return f"{text} {whom_to_ask(Capability.MANAGE_SUBSCRIPTIONS, staff=True)}"
        text = _("To change subscriptions, ask your partner %(partner)s.")
        return text % {"partner": self.customer.partner.name}


class SubscriptionAddView(CustomerScopeMixin, FormView[SubscriptionAddForm]):
    capability = Capability.MANAGE_SUBSCRIPTIONS
    template_name = "licensing/subscription_add.html"
    form_class = SubscriptionAddForm

    def get_initial(self) -> dict[str, Any]:
        today = timezone.localdate()
        return {
            "renews_on": anniversary(today, today.year + 1),
            "key": new_key(),
            # Chosen on its page in the catalog.
            "product": read_number(self.request.GET.get("product", "")),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"partner": self.customer.partner_id}

    def form_valid(self, form: SubscriptionAddForm) -> HttpResponse:
        names = {"product": form.cleaned_data["product"].name}
        try:
            add_subscription(self.customer, **form.cleaned_data, actor=self.request.user)
        except AlreadyDone:
            return redirect("licensing:subscription-list", self.customer.pk)
        except Refused as refusal:
            form.add_error(refusal.field or "product", str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("%(product)s is added.") % names)
        return redirect("licensing:subscription-list", self.customer.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        held = list(self.customer.subscriptions.current().for_list())
        taken = {row.product_id for row in held}
        offers = [row for row in context["form"].offered if row.pk not in taken]
        return context | {"held": held, "offers": offers}


class SubscriptionScopeMixin(CustomerScopeMixin):
    """One of the customer's own subscriptions."""

    capability = Capability.MANAGE_SUBSCRIPTIONS
    subscription: Subscription

    def scope(self, **kwargs: Any) -> None:
        rows = self.customer.subscriptions.for_list()
        subscription = rows.filter(pk=kwargs["subscription"]).first()
        if subscription is None:
            raise Http404
        self.subscription = subscription

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        return context | {"subscription": self.subscription}


class SubscriptionDetailView(SubscriptionScopeMixin, FormView[SeatsForm]):
    """The page of a subscription. `?next=` is where Save leads back to, `?seats=` a proposal."""

    template_name = "licensing/subscription_detail.html"
    form_class = SeatsForm

    def get_initial(self) -> dict[str, Any]:
        proposal = read_number(self.request.GET.get("seats", ""))
        here = self.subscription.quantity
        return {
            "quantity": here if proposal is None else proposal,
            "seen": here,
            "next": self.request.GET.get("next", ""),
            "key": new_key(),
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        row = self.subscription
        return super().get_form_kwargs() | {"assigned": row.assigned, "reserved": row.reserved}

    def form_valid(self, form: SeatsForm) -> HttpResponse:
        values = form.cleaned_data
        default = reverse("licensing:subscription-list", args=[self.customer.pk])
        back = redirect(local_address(self.request, values.pop("next"), default))
        try:
            fresh = change_seats(self.subscription, **values, actor=self.request.user)
        except AlreadyDone:
            return back
        except SeatsChanged as change:
            return self.ask_again(form, change)
        except Refused as refusal:
            form.add_error(refusal.field or None, str(refusal))
            return self.form_invalid(form)
        if fresh.quantity == values["seen"]:
            messages.info(self.request, str(NOTHING_TO_CHANGE))
        else:
            text = ngettext(
                "%(product)s now has %(count)s seat, of which %(available)s is available.",
                "%(product)s now has %(count)s seats, of which %(available)s are available.",
                fresh.quantity,
            )
            facts = {
                "product": fresh.product.name,
                "count": figure(fresh.quantity),
                "available": figure(fresh.available),
            }
            messages.success(self.request, text % facts)
        return back

    def ask_again(self, form: SeatsForm, change: SeatsChanged) -> HttpResponse:
        """Show the form again with the seats of now: the next Save means it."""
        last = AuditEvent.objects.newest_first().filter(
            target_type="subscription",
            target_id=self.subscription.pk,
            action=Action.SUBSCRIPTION_SEATS,
        )
        by = next((event.named.actor for event in last[:1]), "")
        form.data = {name: form.data[name] for name in form.data} | {"seen": str(change.quantity)}
        told = [str(change)]
        if by:
            told.append(_("It was changed by %(name)s.") % {"name": by})
        told.append(_("Check your number and save again."))
        form.add_error("quantity", " ".join(told))
        self.subscription.refresh_from_db(fields=["quantity", "assigned", "reserved", "status"])
        return self.form_invalid(form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return super().get_context_data(**kwargs) | {
            "renews_on": self.subscription.next_renewal(timezone.localdate()),
            "price": price_text(self.subscription.price, self.subscription.currency),
            "plans": self.subscription.product.plans.all(),
            "requires": self.subscription.product.requires.known_to(self.customer.partner_id),
            "back_url": local_address(self.request, asked, ""),
            **self.holders(),
        }

    def holders(self) -> dict[str, Any]:
        """Return the first users who have the license, in the order of their list.

        Walked in that order: the first of 100,000 are found without sorting all.
        """
        row = self.subscription
        live = LicenseAssignment.objects.live().filter(
            user=OuterRef("pk"), subscription=row, customer=self.customer
        )
        users = self.customer.users.active().filter(Exists(live)).order_by("sort_name", "pk")
        first = list(users.only("display_name", "user_name", "blocked_at")[: settings.PAGE_SIZE])
        return {
            "holders": first if row.assigned else [],
            "more": max(row.assigned - len(first), 0),
        }


class SubscriptionPriceView(SubscriptionScopeMixin, FormView[PriceForm]):
    """What a seat costs in a month, which is optional and the partner's own."""

    template_name = "licensing/subscription_price.html"
    form_class = PriceForm

    def get_initial(self) -> dict[str, Any]:
        row = self.subscription
        now = {"price": row.price, "currency": row.currency, "key": new_key()}
        return now | {"seen": price_text(row.price, row.currency)}

    def form_valid(self, form: PriceForm) -> HttpResponse:
        back = redirect("licensing:subscription-detail", self.customer.pk, self.subscription.pk)
        try:
            change_price(self.subscription, **form.cleaned_data, actor=self.request.user)
        except AlreadyDone:
            return back
        except Refused as refusal:
            # What is there now was shown: the next Save means it.
            self.subscription.refresh_from_db(fields=["price", "currency", "status"])
            now = price_text(self.subscription.price, self.subscription.currency)
            form.data = {name: form.data[name] for name in form.data} | {"seen": now}
            form.add_error(refusal.field or None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The price is saved."))
        return back


class TurnView(SubscriptionScopeMixin, TemplateView):
    """A page that asks, then turns the subscription; turned already is as good as done."""

    turn: ClassVar[Callable[..., Subscription]]
    told: ClassVar[str | Promise]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.turn(self.subscription, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.told % {"product": self.subscription.product.name})
        return redirect("licensing:subscription-detail", self.customer.pk, self.subscription.pk)


class SubscriptionSuspendView(TurnView):
    template_name = "licensing/subscription_suspend.html"
    turn = staticmethod(suspend_subscription)
    told = gettext_lazy("%(product)s is suspended.")


class SubscriptionResumeView(TurnView):
    template_name = "licensing/subscription_resume.html"
    turn = staticmethod(resume_subscription)
    told = gettext_lazy("%(product)s is active again.")


class SubscriptionCancelView(SubscriptionScopeMixin, TemplateView):
    """The cancellation, which says who loses what and asks again if that has changed."""

    template_name = "licensing/subscription_cancel.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        names = {"product": self.subscription.product.name}
        if self.subscription.is_canceled:
            messages.info(request, _("%(product)s is already canceled.") % names)
            return redirect("licensing:subscription-list", self.customer.pk)
        seen = request.POST.get("seen", "")
        if seen != str(self.subscription.assigned):
            return self.render_to_response(self.get_context_data(changed=True))
        try:
            reason = told_reason(request.POST)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.render_to_response(self.get_context_data())
        count = cancel_subscription(self.subscription, actor=self.request.user, reason=reason)
        told = ngettext(
            "%(product)s is canceled. %(count)s license was released.",
            "%(product)s is canceled. %(count)s licenses were released.",
            count,
        )
        messages.success(request, told % {**names, "count": figure(count)})
        return redirect("licensing:subscription-list", self.customer.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        left = LicenseAssignment.objects.left_without(self.subscription)
        product = "subscription__product__name"
        rows = left.select_related("user").order_by("user__sort_name", "user_id")
        # Products that require this one: how many users hold both, and the first by name.
        orphans = [
            {
                "product": name,
                "users": users,
                "names": [str(held.user) for held in rows.filter(**{product: name})[:NAMED]],
                "more": max(users - NAMED, 0),
            }
            for name, users in left.values_list(product).annotate(Count("user")).order_by(product)
        ]
        return super().get_context_data(**kwargs) | {
            "orphans": orphans,
            "hidden": {"seen": self.subscription.assigned},
            "reason_form": ReasonForm(self.request.POST or None),
        }
