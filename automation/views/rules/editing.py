"""Adding a rule, which is off at first, and changing one: what is on shows first what it does."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.queries.bulk_preview import proposals
from accounts.views.edit_conflicts import changed_by
from customers.errors import AlreadyDone, Refused
from customers.formats import added_already
from customers.models import AuditEvent
from customers.query_params import is_key
from customers.services.batches import new_key

from ...forms.rules import RuleForm
from ...models import LicenseRule
from ...services.drafts import Draft
from ...services.forecasting import Forecast, forecast
from ...services.rules import add_rule, change_rule, move_rule
from .base import RuleMixin, RulesMixin
from .forecasts import ForecastMixin

# What the log has of a rule, by the field of the form that shows it.
FIELDS = {
    "rule": "name",
    "filter": "whom",
    "for_newcomers": "when",
    "gives": "gives",
    "place": "place",
}


class RuleFormMixin(RulesMixin):
    """A page with the form of a rule."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "proposals": {
                "departments": proposals(self.customer, "department"),
                "titles": proposals(self.customer, "job_title"),
            }
        }


class RuleAddView(RuleFormMixin):
    template_name = "automation/rule_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=RuleForm(customer=self.customer, others=self.rules))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RuleForm(request.POST, customer=self.customer, others=self.rules)
        if not form.is_valid():
            return self.page(form=form)
        try:
            rule = add_rule(form.draft(), customer=self.customer, actor=self.actor)
            move_rule(rule, form.chosen_place(), actor=self.actor)
        except Refused as refusal:
            return self.refused(form, refusal)
        text = _("%(name)s was added. Switch it on when you are ready.")
        messages.success(request, text % {"name": rule.name})
        return redirect("automation:rule-detail", self.customer.pk, rule.pk)

    def refused(self, form: RuleForm, refusal: Refused) -> HttpResponse:
        """Say the refusal, or lead to what the first of two clicks has added."""
        draft = form.draft()
        twin = self.customer.license_rules.filter(name__iexact=draft.name, by=self.actor).first()
        if refusal.code == "rule-name-taken" and twin and Draft.of(twin) == draft:
            messages.info(self.request, added_already(twin.name))
            return redirect("automation:rule-detail", self.customer.pk, twin.pk)
        form.refuse(refusal)
        return self.page(form=form)


class RuleChangeView(RuleFormMixin, ForecastMixin, RuleMixin):
    """The form of a rule; of one that is on, then what the change does, to be confirmed."""

    template_name = "automation/rule_change.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(form=self.form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form()
        if not form.is_valid() or "edit" in request.POST:
            return self.page(form=form)
        draft, seen = form.draft(), form.seen_version()
        if self.rule.is_on and "sure" not in request.POST:
            found = forecast(self.rule, self.customer, on=True, draft=draft)
            if not found.changes_nothing:
                return self.ask(found)
        try:
            batch = change_rule(self.rule, draft, actor=self.actor, seen=seen, key=self.key())
            move_rule(self.rule, form.chosen_place(), actor=self.actor)
        except AlreadyDone as done:
            return redirect("accounts:batch-detail", done.batch.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            return self.refused(form, refusal)
        if batch is not None:
            return redirect("accounts:batch-detail", batch.pk)
        messages.success(request, _("Saved."))
        return self.to_rule()

    def ask(self, found: Forecast) -> HttpResponse:
        """Show what would happen; all that was entered is sent along."""
        self.template_name = "automation/rule_change_confirm.html"
        sent = [
            (name, value)
            for name, values in self.request.POST.lists()
            for value in values
            if name in {*RuleForm.base_fields}
        ]
        return self.page(sent=sent, key=new_key(), **self.told(found))

    def form(self) -> RuleForm:
        others = [rule for rule in self.rules if rule.pk != self.rule.pk]
        return RuleForm(
            self.request.POST or None, customer=self.customer, others=others, rule=self.rule
        )

    def key(self) -> str:
        key = self.request.POST.get("key", "")
        return key if is_key(key) else new_key()

    def refused(self, form: RuleForm, refusal: Refused) -> HttpResponse:
        """Say it at its field; where someone else was quicker, say what they have changed."""
        if refusal.code != "rule-changed":
            form.refuse(refusal)
            return self.page(form=form)
        fresh = LicenseRule.objects.get(pk=self.rule.pk)
        data = self.request.POST.copy()
        data["seen"] = str(fresh.version)
        form.data = data
        fresh.customer = self.customer
        newer = changes_since(fresh, form.seen_version() or 0, form)
        return self.page(form=form, newer=newer or [str(refusal)])


def changes_since(rule: LicenseRule, version: int, form: RuleForm) -> list[str]:
    """Return what of the form was changed after this version, and by whom."""
    events = AuditEvent.objects.of(rule.customer).newest_first()
    events = events.filter(target_type=rule._meta.model_name, target_id=rule.pk)
    who: dict[str, str] = {}
    for event in events[: max(0, rule.version - version)]:
        changed = event.changes.get("changed") or event.changes.keys() - {"rule"}
        for name in changed:
            who.setdefault(name, event.named.actor)
    labels = {name: form.fields[field].label for name, field in FIELDS.items()}
    return [changed_by(labels.get(name, _("State")), by) for name, by in who.items()]
