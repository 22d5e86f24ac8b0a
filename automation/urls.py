"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import URLPattern, URLResolver, path

from .views import leave_plans, leaving, notice_off, notices, schedule, schedules
from .views.reports import scheduled as reports
from .views.requests import answering as requests
from .views.requests import own, seats
from .views.reviews import answering, changing, export, lists, starting
from .views.reviews import detail as review
from .views.rules import detail, editing, exceptions, listing, switching

app_name = "automation"

CUSTOMER = "customers/<int:customer>/"
LEAVING = f"{CUSTOMER}users/leaving/"
REVIEWS = f"{CUSTOMER}reviews/"
REVIEW = f"{REVIEWS}<int:review>/"
RULES = f"{CUSTOMER}rules/"
RULE = f"{RULES}<int:rule>/"
REPORTS = "reports/scheduled/"
REPORT = f"{REPORTS}<int:report>/"
REQUESTS = f"{CUSTOMER}requests/"
SCHEDULE = "scheduled/<int:schedule>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path(f"{CUSTOMER}users/leave/", leaving.LeaveView.as_view(), name="leave"),
    path(LEAVING, leave_plans.LeaveListView.as_view(), name="leave-list"),
    path(f"{LEAVING}<int:plan>/", leave_plans.LeaveDetailView.as_view(), name="leave-detail"),
    path(f"{LEAVING}<int:plan>/undo/", leave_plans.LeaveUndoView.as_view(), name="leave-undo"),
    path(
        f"{CUSTOMER}users/scheduled/",
        schedules.CustomerScheduleListView.as_view(),
        name="schedule-customer",
    ),
    path("scheduled/", schedules.ScheduleListView.as_view(), name="schedule-list"),
    path(SCHEDULE, schedule.ScheduleDetailView.as_view(), name="schedule-detail"),
    path(f"{SCHEDULE}move/", schedule.ScheduleMoveView.as_view(), name="schedule-move"),
    path(f"{SCHEDULE}cancel/", schedule.ScheduleCancelView.as_view(), name="schedule-cancel"),
    path(f"{SCHEDULE}run/", schedule.ScheduleRunView.as_view(), name="schedule-run"),
    path(
        f"{SCHEDULE}users/<int:user>/remove/",
        schedule.ScheduleDropView.as_view(),
        name="schedule-drop",
    ),
    path(RULES, listing.RuleListView.as_view(), name="rule-list"),
    path(f"{RULES}add/", editing.RuleAddView.as_view(), name="rule-add"),
    path(RULE, detail.RuleDetailView.as_view(), name="rule-detail"),
    path(f"{RULE}change/", editing.RuleChangeView.as_view(), name="rule-change"),
    path(f"{RULE}move/", listing.RuleMoveView.as_view(), name="rule-move"),
    path(f"{RULE}on/", switching.RuleSwitchOnView.as_view(), name="rule-switch-on"),
    path(f"{RULE}off/", switching.RuleSwitchOffView.as_view(), name="rule-switch-off"),
    path(f"{RULE}remove/", switching.RuleRemoveView.as_view(), name="rule-remove"),
    path(f"{RULE}exceptions/", exceptions.ExceptionAddView.as_view(), name="exception-add"),
    path(
        f"{RULE}exceptions/<int:user>/remove/",
        exceptions.ExceptionRemoveView.as_view(),
        name="exception-remove",
    ),
    path("notices/", notices.NoticeListView.as_view(), name="notice-list"),
    path("notices/settings/", notices.NoticeSettingsView.as_view(), name="notice-settings"),
    path("notices/<int:notice>/", notices.NoticeOpenView.as_view(), name="notice-open"),
    path("notices/off/<str:token>/", notice_off.NoticeOffView.as_view(), name="notice-off"),
    path(REPORTS, reports.ReportListView.as_view(), name="report-list"),
    path(f"{REPORTS}add/", reports.ReportAddView.as_view(), name="report-add"),
    path(REPORT, reports.ReportChangeView.as_view(), name="report-change"),
    path(f"{REPORT}send/", reports.ReportSendView.as_view(), name="report-send"),
    path(f"{REPORT}remove/", reports.ReportRemoveView.as_view(), name="report-remove"),
    path("me/requests/", own.OwnRequestsView.as_view(), name="request-own"),
    path("me/requests/ask/", own.RequestAskView.as_view(), name="request-ask"),
    path(
        "me/requests/<int:license_request>/cancel/",
        own.RequestCancelView.as_view(),
        name="request-cancel",
    ),
    path("requests/", requests.AllRequestsView.as_view(), name="request-all"),
    path(REQUESTS, requests.RequestListView.as_view(), name="request-list"),
    path(f"{REQUESTS}seats/", seats.SeatsAskView.as_view(), name="seats-ask"),
    path(
        f"{REQUESTS}<int:license_request>/",
        requests.RequestDetailView.as_view(),
        name="request-detail",
    ),
    path("reviews/", answering.MyReviewsView.as_view(), name="my-reviews"),
    path("reviews/<int:review>/", answering.ReviewAnswerView.as_view(), name="review-answer"),
    path(REVIEWS, lists.ReviewListView.as_view(), name="review-list"),
    path(f"{REVIEWS}add/", starting.ReviewAddView.as_view(), name="review-add"),
    path(REVIEW, review.ReviewDetailView.as_view(), name="review-detail"),
    path(f"{REVIEW}export/", export.ReviewExportView.as_view(), name="review-export"),
    path(f"{REVIEW}day/", changing.ReviewMoveView.as_view(), name="review-move"),
    path(f"{REVIEW}ask/", changing.ReviewAskView.as_view(), name="review-ask"),
    path(f"{REVIEW}end/", changing.ReviewEndView.as_view(), name="review-end"),
    path(f"{REVIEW}cancel/", changing.ReviewCancelView.as_view(), name="review-cancel"),
    path(f"{REVIEW}carry-out/", changing.ReviewCarryOutView.as_view(), name="review-carry-out"),
]
