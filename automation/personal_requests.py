"""What is held about one user of requests and scheduled reports (accounts.personal)."""

from django.db.models import F

from accounts.models import User
from accounts.personal import Relations

from .models import LicenseRequest, ReportMail, ReportReader, ScheduledReport


def request_relations(user: User) -> Relations:
    """Return what the user has asked for and answered, and the reports that the user is sent."""
    return {
        "requests": (
            "automation.LicenseRequest.user",
            LicenseRequest.objects.filter(user=user).values(
                "id", "kind", "service", "application", "seats", "words", "state", "answer",
                "made_at", "answered_at", asked_for=F("product__name"),
            ),
        ),
        "requests_answered": (
            "automation.LicenseRequest.answered_by",
            LicenseRequest.objects.filter(answered_by=user).values(
                "id", "kind", "state", "answer", "answered_at"
            ),
        ),
        "reports_made": (
            "automation.ScheduledReport.by",
            ScheduledReport.objects.filter(by=user).values("id", "kind", "rhythm", "created_at"),
        ),
        "reports_read": (
            "automation.ReportReader.user",
            ReportReader.objects.filter(user=user).values("id", kind=F("report__kind")),
        ),
        "report_mails": (
            "automation.ReportMail.reader",
            ReportMail.objects.filter(reader=user).values("id", "period", "state", "sent_at"),
        ),
    }  # fmt: skip
