"""Switching a rule on and off, and removing it: what comes of it is shown first."""

from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.formats import was_removed
from customers.models import AuditEvent, Batch

from ...forms.confirming import KEEP, RuleConfirmForm, RuleEndForm
from ...services.applying import check_unused
from ...services.forecasting import forecast
from ...services.rule_switching import IS_OFF, IS_ON, remove_rule, switch_off, switch_on
from .base import RuleMixin
from .forecasts import ForecastMixin


class RuleTurnView(ForecastMixin, RuleMixin):
    """A page that asks once more; what was done, the batch shows."""

    form_class: ClassVar[type[RuleConfirmForm]] = RuleConfirmForm
    # What the rule is by then if it was done twice.
    done: ClassVar[str]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if why := self.pointless():
            messages.info(request, why)
            return self.to_rule()
        return self.page(form=self.form_class(initial=self.form_class.initial_of(self.rule)))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.page(form=form)
        try:
            batch = self.act(form)
        except AlreadyDone as done:
            return redirect("accounts:batch-detail", done.batch.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            return self.refused(form, refusal)
        if batch is None:
            return self.after()
        return redirect("accounts:batch-detail", batch.pk)

    def refused(self, form: RuleConfirmForm, refusal: Refused) -> HttpResponse:
        """Show the page again as things are by now; what is done or gone leads on."""
        messages.error(self.request, str(refusal))
        if refusal.code == "rule-changed":
            # The figures are those of the rule as it is now: the next click means it.
            form = self.form_class(
                initial=self.form_class.initial_of(self.rule)
                | {"reason": form.cleaned_data["reason"]}
            )
            return self.page(form=form)
        return self.to_rule()

    def pointless(self) -> str:
        """Return why there is nothing to do, or ""."""
        return ""

    def act(self, form: RuleConfirmForm) -> Batch | None:
        raise NotImplementedError

    def after(self) -> HttpResponse:
        return self.to_rule()


class RuleSwitchOnView(RuleTurnView):
    template_name = "automation/rule_switch_on.html"

    def pointless(self) -> str:
        return str(IS_ON) if self.rule.is_on else ""

    def act(self, form: RuleConfirmForm) -> Batch:
        return switch_on(
            self.rule,
            actor=self.actor,
            seen=form.seen_version(),
            key=form.cleaned_data["key"],
            reason=form.cleaned_data["reason"],
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = forecast(self.rule, self.customer, on=True)
        return super().get_context_data(**kwargs) | self.told(found)


class RuleEndView(RuleTurnView):
    """A page that also asks what becomes of the licenses."""

    template_name = "automation/rule_end.html"
    form_class = RuleEndForm
    action: ClassVar[str | Promise]

    def points(self) -> list[str]:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = forecast(self.rule, self.customer, on=False) if self.rule.is_on else None
        return super().get_context_data(**kwargs) | {
            "action": self.action,
            "points": self.points(),
            **(self.told(found) if found else {}),
        }


class RuleSwitchOffView(RuleEndView):
    action = gettext_lazy("Switch off")

    def pointless(self) -> str:
        return "" if self.rule.is_on else str(IS_OFF)

    def points(self) -> list[str]:
        return [
            _("It assigns no more licenses, and its users no longer wait for seats."),
            _("You can switch it on again at any time."),
        ]

    def act(self, form: RuleConfirmForm) -> Batch:
        return switch_off(
            self.rule,
            actor=self.actor,
            keep=form.cleaned_data["licenses"] == KEEP,
            seen=form.seen_version(),
            key=form.cleaned_data["key"],
            reason=form.cleaned_data["reason"],
        )


class RuleRemoveView(RuleEndView):
    """The page that removes a rule; the second of two clicks leads to what the first one did."""

    action = gettext_lazy("Remove rule")
    # Who removed it, in the log, if the rule is there no more.
    gone: AuditEvent | None = None

    def scope(self, **kwargs: Any) -> None:
        try:
            super().scope(**kwargs)
        except Http404:
            events = AuditEvent.objects.filter(customer=self.customer, actor_id=self.actor.pk)
            removed = events.filter(target_type="licenserule", target_id=kwargs["rule"])
            self.gone = removed.filter(action=Action.RULE_REMOVED).first()
            if self.gone is None or self.request.method != "POST":
                raise

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.gone is None:
            return super().post(request, *args, **kwargs)
        try:
            check_unused(request.POST.get("key", ""), self.customer, self.actor)
        except AlreadyDone as done:
            return redirect("accounts:batch-detail", done.batch.pk)  # type: ignore[attr-defined]
        return self.after(str(self.gone.changes["rule"]))

    def points(self) -> list[str]:
        points = [_("The rule and its exceptions are deleted. The activity log keeps what it did.")]
        if self.rule.is_on:
            return [_("It assigns no more licenses."), *points]
        return [_("It is off: no user loses a license."), *points]

    def act(self, form: RuleConfirmForm) -> Batch | None:
        return remove_rule(
            self.rule,
            actor=self.actor,
            keep=form.cleaned_data["licenses"] == KEEP,
            seen=form.seen_version(),
            key=form.cleaned_data["key"],
            reason=form.cleaned_data["reason"],
        )

    def refused(self, form: RuleConfirmForm, refusal: Refused) -> HttpResponse:
        if refusal.code == "rule-gone":
            return self.after()
        return super().refused(form, refusal)

    def after(self, name: str = "") -> HttpResponse:
        messages.success(self.request, was_removed(name or self.rule.name))
        return redirect("automation:rule-list", self.customer.pk)
