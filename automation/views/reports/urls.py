"""Pages of reports that go out by themselves."""

from django.urls import URLPattern, URLResolver, path

from . import scheduled

of_reports: list[URLPattern | URLResolver] = [
    path("reports/scheduled/", scheduled.ReportListView.as_view(), name="report-list"),
    path("reports/scheduled/add/", scheduled.ReportAddView.as_view(), name="report-add"),
    path(
        "reports/scheduled/<int:report>/",
        scheduled.ReportChangeView.as_view(),
        name="report-change",
    ),
    path(
        "reports/scheduled/<int:report>/send/",
        scheduled.ReportSendView.as_view(),
        name="report-send",
    ),
    path(
        "reports/scheduled/<int:report>/remove/",
        scheduled.ReportRemoveView.as_view(),
        name="report-remove",
    ),
]
