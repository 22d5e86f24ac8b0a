from django.urls import path

from .actions.base import BatchAction, BulkAction, Place
from .actions.listed import ACTIONS
from .views import (
    adding,
    batches,
    bulk,
    deeds,
    deleted,
    export,
    filtering,
    licenses,
    own,
    personal,
    report,
    restore,
    running,
    selecting,
    sessions,
    sheets,
    sign_in,
    undo,
    upload,
    upload_row,
    uploads,
    user,
    users,
)
from .views.team import adding as team_adding
from .views.team import customers as team_customers
from .views.team import deeds as team_deeds
from .views.team import lists as team_lists
from .views.team import person as team_person

app_name = "accounts"

urlpatterns = [
    path("me/", own.MeView.as_view(), name="me"),
    path("me/data/", personal.MeDataView.as_view(), name="me-data"),
    path("accounts/forgot/", sign_in.ForgotView.as_view(), name="forgot"),
    path("accounts/password/choose/", sign_in.PasswordChooseView.as_view(), name="password-choose"),
    path("accounts/sessions/", sessions.SessionListView.as_view(), name="session-list"),
    path(
        "accounts/sessions/<int:session>/end/",
        sessions.SessionEndView.as_view(),
        name="session-end",
    ),
    path(
        "accounts/sessions/end-others/",
        sessions.OtherSessionsEndView.as_view(),
        name="session-end-others",
    ),
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
    *[
        path(
            f"customers/<int:customer>/users/{action.path}",
            bulk.BulkView.of(action).as_view(),
            name=f"users-{action.name}",
        )
        for action in ACTIONS
        if isinstance(action, BulkAction)
        if not action.own_page and action.place is not Place.CHANGES
    ],
    path(
        "customers/<int:customer>/users/change/<slug:what>/",
        bulk.UsersChangeView.as_view(),
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
        "customers/<int:customer>/users/<int:user>/data/",
        personal.UserDataView.as_view(),
        name="user-data",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/second-step/",
        deeds.UserSecondStepView.as_view(),
        name="user-second-step",
    ),
    *[
        path(
            f"customers/<int:customer>/users/<int:user>/{action.name}/",
            deeds.UserActionView.of(action).as_view(),
            name=f"user-{action.name}",
        )
        for action in ACTIONS
        if isinstance(action, BatchAction) and action.text_for_one
    ],
    path(
        "customers/<int:customer>/users/upload/",
        upload.UploadAddView.as_view(),
        name="upload-add",
    ),
    path(
        "customers/<int:customer>/users/upload/template/",
        upload.UploadTemplateView.as_view(),
        name="upload-template",
    ),
    path(
        "customers/<int:customer>/uploads/",
        uploads.UploadListView.as_view(),
        name="upload-list",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/",
        uploads.UploadDetailView.as_view(),
        name="upload-detail",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/answer/",
        uploads.UploadAnswerView.as_view(),
        name="upload-answer",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/options/",
        uploads.UploadOptionsView.as_view(),
        name="upload-options",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/confirm/",
        uploads.UploadConfirmView.as_view(),
        name="upload-confirm",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/cancel/",
        uploads.UploadCancelView.as_view(),
        name="upload-cancel",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/rows/<int:number>/",
        upload_row.UploadRowView.as_view(),
        name="upload-row",
    ),
    path(
        "customers/<int:customer>/uploads/<int:upload>/errors/",
        upload_row.UploadErrorsView.as_view(),
        name="upload-errors",
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
    path("team/", team_lists.TeamListView.as_view(), name="team-list"),
    path("team/add/", team_adding.TeamAddView.as_view(), name="team-add"),
    path("team/activity/", team_lists.TeamActivityView.as_view(), name="team-activity"),
    path("team/<int:user>/", team_person.TeamDetailView.as_view(), name="team-detail"),
    path(
        "team/<int:user>/customers/",
        team_customers.TeamCustomersView.as_view(),
        name="team-customers",
    ),
    path(
        "team/<int:user>/password/",
        team_person.TeamPasswordView.as_view(),
        name="team-password",
    ),
    path("team/<int:user>/reset/", team_deeds.TeamResetView.as_view(), name="team-reset"),
    path(
        "team/<int:user>/second-step/",
        team_deeds.TeamSecondStepView.as_view(),
        name="team-second-step",
    ),
    path("team/<int:user>/block/", team_deeds.TeamBlockView.as_view(), name="team-block"),
    path("team/<int:user>/allow/", team_deeds.TeamAllowView.as_view(), name="team-allow"),
    path("team/<int:user>/remove/", team_deeds.TeamRemoveView.as_view(), name="team-remove"),
    path("batches/", running.BatchListView.as_view(), name="batch-list"),
    path("batches/<int:batch>/", batches.BatchDetailView.as_view(), name="batch-detail"),
    path("batches/<int:batch>/cancel/", running.BatchCancelView.as_view(), name="batch-cancel"),
    path("batches/<int:batch>/undo/", undo.BatchUndoView.as_view(), name="batch-undo"),
]
