"""What is done by itself, as support staff see it."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from customers.admin.base import ReadOnlyAdmin
from customers.formats import figure

from .models import (
    KeptLicense,
    Letter,
    LicenseRequest,
    LicenseRule,
    Notice,
    ReportMail,
    Review,
    ReviewItem,
    Schedule,
    ScheduledReport,
    SchedulePlan,
)
from .notice_words import sentence
from .rule_words import whom


@admin.register(Schedule)
class ScheduleAdmin(ReadOnlyAdmin):
    """What waits for its time, began, failed or was canceled."""

    list_display = ("kind", "customer", "number", "due_at", "by", "state", "refusal")
    list_filter = ("state", "kind")
    list_select_related = ("customer", "by")
    search_fields = ("customer__name", "reason")
    ordering = ("-id",)
    # The key belongs to the form of another user.
    hidden = ("key",)

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        return rows.annotate(number=models.Count("items"))

    @admin.display(description=_("users"))
    def number(self, schedule: Any) -> str:
        return figure(schedule.number)


@admin.register(SchedulePlan)
class SchedulePlanAdmin(ReadOnlyAdmin):
    """What was asked for as one thing, such as the steps of a removal."""

    list_display = ("kind", "customer", "by", "reason", "created_at", "undo_by", "undone_at")
    list_filter = ("kind",)
    list_select_related = ("customer", "by", "undo_by")
    search_fields = ("customer__name", "reason")
    ordering = ("-id",)
    hidden = ("key", "undo_key")


@admin.register(LicenseRule)
class LicenseRuleAdmin(ReadOnlyAdmin):
    """Who is given which licenses by itself, as a page of the portal says it."""

    list_display = ("name", "customer", "position", "is_on", "for_newcomers", "matches", "gives")
    list_filter = ("is_on", "for_newcomers")
    list_select_related = ("customer",)
    search_fields = ("name", "customer__name")
    ordering = ("customer", "position", "id")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_fields(request, obj), "matches", "gives"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("gives__subscription__product")

    @admin.display(description=_("users"))
    def matches(self, rule: LicenseRule) -> str:
        return ", ".join(whom(rule))

    @admin.display(description=_("licenses"))
    def gives(self, rule: LicenseRule) -> str:
        return ", ".join(str(given.subscription.product) for given in rule.gives.all())


@admin.register(KeptLicense)
class KeptLicenseAdmin(ReadOnlyAdmin):
    """What rules have given, and who waits for a seat."""

    list_display = ("user", "subscription", "customer", "rule", "state", "why", "since")
    list_filter = ("state",)
    list_select_related = ("user", "subscription__product", "customer", "rule")
    search_fields = ("user__user_name", "user__display_name", "customer__name")
    ordering = ("-id",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Who was told of what, and when it was read."""

    list_display = ("kind", "user", "customer", "told_at", "read_at", "ended_at")
    list_filter = ("kind",)
    list_select_related = ("user", "customer")
    search_fields = ("user__user_name", "user__display_name", "customer__name")
    ordering = ("-id",)
    # By which the portal tells two apart; what it is about stands in words.
    hidden = ("subject_key",)

    @admin.display(description=_("details"))
    def facts_in_words(self, notice: Notice) -> str:
        return sentence(notice)


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Emails of notices, and why one was not sent."""

    list_display = ("user", "channel", "kind", "state", "tries", "due_at", "sent_at", "reason")
    list_filter = ("state", "channel")
    list_select_related = ("user",)
    search_fields = ("user__user_name", "user__display_name", "reason")
    ordering = ("-id",)


@admin.register(ScheduledReport)
class ScheduledReportAdmin(ReadOnlyAdmin):
    """What goes out by email on a day, and why one rests."""

    list_display = ("kind", "partner", "customer", "rhythm", "next_on", "by", "problem")
    list_filter = ("kind", "rhythm")
    list_select_related = ("partner", "customer", "by")
    search_fields = ("partner__name", "customer__name", "problem")
    ordering = ("-id",)
    hidden = ("key",)


@admin.register(ReportMail)
class ReportMailAdmin(ReadOnlyAdmin):
    """Emails of reports, and why one was not sent."""

    list_display = ("report", "partner", "reader", "period", "state", "tries", "sent_at", "reason")
    list_filter = ("state",)
    list_select_related = ("report", "partner", "reader")
    search_fields = ("partner__name", "reader__user_name", "reason")
    ordering = ("-id",)


@admin.register(LicenseRequest)
class LicenseRequestAdmin(ReadOnlyAdmin):
    """Who asked for which license or for how many seats, and what was answered."""

    list_display = ("product", "user", "customer", "seats", "state", "answered_by", "made_at")
    counts = ("seats",)
    list_filter = ("state", "kind")
    list_select_related = ("product", "user", "customer", "answered_by")
    search_fields = ("user__user_name", "user__display_name", "customer__name")
    ordering = ("-id",)


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    """Questions about users, and how they ended."""

    list_display = ("name", "customer", "subject", "removal", "otherwise", "on", "by", "state")
    list_filter = ("state", "subject")
    list_select_related = ("customer", "by")
    search_fields = ("name", "customer__name")
    ordering = ("-id",)
    hidden = ("key",)


@admin.register(ReviewItem)
class ReviewItemAdmin(ReadOnlyAdmin):
    """What was answered about a user of a review, and what was done."""

    list_display = ("review", "user", "customer", "answer", "answered_by", "removal", "batch")
    list_filter = ("answer", "removal")
    list_select_related = ("review", "user", "customer", "answered_by", "batch")
    search_fields = ("review__name", "user__user_name", "user__display_name", "customer__name")
    ordering = ("-id",)
