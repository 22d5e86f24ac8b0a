"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import URLPattern, URLResolver, path

from .views import leave_plans, leaving

app_name = "automation"
urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "customers/<int:customer>/users/leave/",
        leaving.LeaveView.as_view(),
        name="leave",
    ),
    path(
        "customers/<int:customer>/leaving/",
        leave_plans.LeaveListView.as_view(),
        name="leave-list",
    ),
    path(
        "customers/<int:customer>/leaving/<int:plan>/",
        leave_plans.LeaveDetailView.as_view(),
        name="leave-detail",
    ),
    path(
        "customers/<int:customer>/leaving/<int:plan>/undo/",
        leave_plans.LeaveUndoView.as_view(),
        name="leave-undo",
    ),
]
