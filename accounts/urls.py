from django.urls import path

from .views import (
    adding,
    batches,
    bulk,
    bulk_change,
    deeds,
    deleted,
    export,
    filtering,
    licenses,
    own,
    report,
    restore,
    running,
    selecting,
    sheets,
    sign_in,
    undo,
    user,
    users,
)

app_name = "accounts"

urlpatterns = [
    path("me/", own.MeView.as_view(), name="me"),
    path("accounts/forgot/", sign_in.ForgotView.as_view(), name="forgot"),
    path("accounts/password/choose/", sign_in.PasswordChooseView.as_view(), name="password-choose"),
    path("customers/report/", report.LicenseReportView.as_view(), name="license-report"),
    path(
        "customers/report/export/",
        report.LicenseReportExportView.as_view(),
        name="license-report-export",
    ),
    path("customers/<int:customer>/users/", users.UserListView.as_view(), name="user-list"),
    path(
        "customers/<int:customer>/users/select/",
        selecting.UserSelectView.as_view(),
        name="user-select",
    ),
    path(
        "customers/<int:customer>/users/filter/",
        filtering.UserFilterView.as_view(),
        name="user-filter",
    ),
    path(
        "customers/<int:customer>/users/filter/<int:saved>/delete/",
        filtering.FilterDeleteView.as_view(),
        name="filter-delete",
    ),
    path("customers/<int:customer>/users/add/", adding.UserAddView.as_view(), name="user-add"),
    path(
        "customers/<int:customer>/users/export/",
        export.UserExportView.as_view(),
        name="user-export",
    ),
    path(
        "customers/<int:customer>/users/deleted/",
        deleted.DeletedListView.as_view(),
        name="user-deleted",
    ),
    path(
        "customers/<int:customer>/users/restore/",
        restore.UserRestoreView.as_view(),
        name="user-restore",
    ),
    path(
        "customers/<int:customer>/users/remove/",
        deleted.UserRemoveView.as_view(),
        name="user-remove",
    ),
    path(
        "customers/<int:customer>/users/licenses/",
        licenses.LicenseManageView.as_view(),
        name="license-manage",
    ),
    path(
        "customers/<int:customer>/users/reset/",
        bulk.UsersResetView.as_view(),
        name="users-reset",
    ),
    path(
        "customers/<int:customer>/users/block/",
        bulk.UsersBlockView.as_view(),
        name="users-block",
    ),
    path(
        "customers/<int:customer>/users/allow/",
        bulk.UsersAllowView.as_view(),
        name="users-allow",
    ),
    path(
        "customers/<int:customer>/users/delete/",
        bulk.UsersDeleteView.as_view(),
        name="users-delete",
    ),
    path(
        "customers/<int:customer>/users/change/<slug:what>/",
        bulk_change.UsersChangeView.as_view(),
        name="users-change",
    ),
    path(
        "customers/<int:customer>/users/licenses/who/",
        licenses.LicenseWhoView.as_view(),
        name="license-who",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/",
        user.UserDetailView.as_view(),
        name="user-detail",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/reset/",
        deeds.UserResetView.as_view(),
        name="user-reset",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/block/",
        deeds.UserBlockView.as_view(),
        name="user-block",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/allow/",
        deeds.UserAllowView.as_view(),
        name="user-allow",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/delete/",
        deeds.UserDeleteView.as_view(),
        name="user-delete",
    ),
    path("customers/<int:customer>/passwords/", sheets.SheetListView.as_view(), name="sheet-list"),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/",
        sheets.SheetDetailView.as_view(),
        name="sheet-detail",
    ),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/print/",
        sheets.SheetPrintView.as_view(),
        name="sheet-print",
    ),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/mail/",
        sheets.SheetMailView.as_view(),
        name="sheet-mail",
    ),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/download/",
        sheets.SheetDownloadView.as_view(),
        name="sheet-download",
    ),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/done/",
        sheets.SheetDoneView.as_view(),
        name="sheet-done",
    ),
    path("batches/", running.BatchListView.as_view(), name="batch-list"),
    path("batches/<int:batch>/", batches.BatchDetailView.as_view(), name="batch-detail"),
    path("batches/<int:batch>/cancel/", running.BatchCancelView.as_view(), name="batch-cancel"),
    path("batches/<int:batch>/undo/", undo.BatchUndoView.as_view(), name="batch-undo"),
]
