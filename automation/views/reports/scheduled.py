"""Reports that go out by themselves: the list of the partner's, and each of them."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views import View
from django.views.generic import FormView, TemplateView

from customers.errors import Refused
from customers.forms.fields import say_at_field
from customers.roles import Capability
from customers.services.batches import new_key
from customers.tenancy import RoleMixin

from ...forms.reports import ScheduledReportForm, initial_of
from ...models import MailState, ReportForm, ReportMail, Rhythm, ScheduledReport, SentTo
from ...services.reports import add_report, change_report, remove_report, send_now
from ...services.reports.keeping import STAFF_ONLY

SHOWN_MAILS = 20


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report as the list shows it."""

    report: ScheduledReport

    @property
    def rhythm(self) -> str:
        if self.report.rhythm == Rhythm.WEEKLY:
            return _("Every %(day)s") % {"day": WEEKDAYS[self.report.day - 1]}
        return _("Every month on day %(day)s") % {"day": self.report.day}

    @property
    def to(self) -> str:
        if self.report.to == SentTo.CONTACT:
            return str(SentTo.CONTACT.label)
        return ", ".join(user.display_name for user in self.report.readers.all())


class ReportsMixin(RoleMixin):
    """A page of the partner's staff; a customer's administrators have no part in it."""

    capability = Capability.SEE_SUBSCRIPTIONS

    def scope(self, **kwargs: Any) -> None:
        if self.request.user.partner_id is None:
            raise PermissionDenied(str(STAFF_ONLY))


class OneReportMixin(ReportsMixin):
    report: ScheduledReport

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        rows = ScheduledReport.objects.visible_to(self.request.user).for_list()
        self.report = get_object_or_404(rows, pk=kwargs["report"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        return context | {"report": self.report, "row": ReportRow(self.report)}


class ReportListView(ReportsMixin, TemplateView):
    template_name = "automation/report_list.html"
    extra_context = {"section": "customers"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = ScheduledReport.objects.visible_to(self.request.user).for_list()
        return super().get_context_data(**kwargs) | {"rows": [ReportRow(row) for row in rows]}


class ReportAddView(ReportsMixin, FormView[ScheduledReportForm]):
    template_name = "automation/report_form.html"
    form_class = ScheduledReportForm
    extra_context = {"section": "customers"}

    def get_initial(self) -> dict[str, Any]:
        own = [self.request.user.pk]
        return {"key": new_key(), "to": SentTo.STAFF, "form": ReportForm.LINK, "readers": own}

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.request.user}

    def form_valid(self, form: ScheduledReportForm) -> HttpResponse:
        try:
            self.keep(form)
        except Refused as refusal:
            say_at_field(form, refusal)
            return self.form_invalid(form)
        return redirect("automation:report-list")

    def keep(self, form: ScheduledReportForm) -> None:
        add_report(form.facts(), actor=self.request.user, key=form.cleaned_data["key"])
        messages.success(self.request, _("The report is scheduled."))


class ReportChangeView(OneReportMixin, ReportAddView):
    """One report: its settings, and what became of its last mails."""

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.report)

    def keep(self, form: ScheduledReportForm) -> None:
        seen = form.cleaned_data["seen"]
        change_report(self.report, form.facts(), actor=self.request.user, seen=seen)
        messages.success(self.request, _("The report is saved."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mails = ReportMail.objects.filter(report=self.report).select_related("reader")
        return super().get_context_data(**kwargs) | {
            "mails": list(mails[:SHOWN_MAILS]),
            "failed": MailState.FAILED,
            "send_key": new_key(),
        }


class ReportRemoveView(OneReportMixin, TemplateView):
    template_name = "automation/report_remove.html"
    extra_context = {"section": "customers"}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            remove_report(self.report, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The report is removed."))
        return redirect("automation:report-list")


class ReportSendView(OneReportMixin, View):
    """The button that sends it besides its days."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            key = request.POST.get("key", "")
            made = send_now(self.report, actor=self.request.user, key=key)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            text = ngettext(
                "%(count)s email is being sent.", "%(count)s emails are being sent.", made
            )
            messages.success(request, text % {"count": made})
        return redirect(reverse("automation:report-change", args=[self.report.pk]))
