from django.urls import path

from .actions.base import BatchAction, BulkAction, Place
from .actions.listed import ACTIONS
from .views import (
    adding,
    attention,
    bulk,
    deleted,
    export,
    filtering,
    licenses,
    me,
    month_report,
    personal,
    restore,
    selecting,
    user,
    user_actions,
    user_columns,
    users,
)
from .views.batches import detail as batch_detail
from .views.batches import lists as batch_lists
from .views.batches import undo as batch_undo
from .views.passwords import sheets
from .views.signin import kept_form, sessions, sign_in
from .views.team import actions as team_actions
from .views.team import adding as team_adding
from .views.team import branding
from .views.team import customers as team_customers
from .views.team import lists as team_lists
from .views.team import member as team_member

app_name = "accounts"

urlpatterns = [
    path("me/account/", me.MeView.as_view(), name="me"),
    path("me/data/", personal.MeDataView.as_view(), name="me-data"),
    path("accounts/forgot/", sign_in.ForgotView.as_view(), name="forgot"),
    path("accounts/password/choose/", sign_in.PasswordChooseView.as_view(), name="password-choose"),
    path("accounts/kept-form/", kept_form.KeptFormView.as_view(), name="kept-form"),
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
    path(
        "customers/attention/",
        attention.CustomerAttentionView.as_view(),
        name="customer-attention",
    ),
    path("customers/report/", month_report.MonthReportView.as_view(), name="month-report"),
    path(
        "customers/report/export/",
        month_report.MonthReportExportView.as_view(),
        name="month-report-export",
    ),
    path("customers/<int:customer>/users/", users.UserListView.as_view(), name="user-list"),
    path(
        "customers/<int:customer>/users/select/",
        selecting.UserSelectView.as_view(),
        name="user-select",
    ),
    path(
        "customers/<int:customer>/users/columns/",
        user_columns.UserColumnsView.as_view(),
        name="user-columns",
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
    path(
        "customers/<int:customer>/users/name/",
        adding.UserNameView.as_view(),
        name="user-name",
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
        user_actions.UserSecondStepView.as_view(),
        name="user-second-step",
    ),
    *[
        path(
            f"customers/<int:customer>/users/<int:user>/{action.name}/",
            user_actions.UserActionView.of(action).as_view(),
            name=f"user-{action.name}",
        )
        for action in ACTIONS
        if isinstance(action, BatchAction) and action.text_for_one
    ],
    path("customers/<int:customer>/passwords/", sheets.SheetListView.as_view(), name="sheet-list"),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/",
        sheets.SheetDetailView.as_view(),
        name="sheet-detail",
    ),
    path(
        "customers/<int:customer>/passwords/<int:sheet>/copied/",
        sheets.SheetCopiedView.as_view(),
        name="sheet-copied",
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
    path("team/branding/", branding.BrandingView.as_view(), name="branding"),
    path("team/help-contact/", branding.HelpContactView.as_view(), name="help-contact"),
    path("team/activity/", team_lists.TeamActivityView.as_view(), name="team-activity"),
    path("team/<int:user>/", team_member.TeamDetailView.as_view(), name="team-detail"),
    path(
        "team/<int:user>/customers/",
        team_customers.TeamCustomersView.as_view(),
        name="team-customers",
    ),
    path(
        "team/<int:user>/password/",
        team_member.TeamPasswordView.as_view(),
        name="team-password",
    ),
    path("team/<int:user>/reset/", team_actions.TeamResetView.as_view(), name="team-reset"),
    path(
        "team/<int:user>/second-step/",
        team_actions.TeamSecondStepView.as_view(),
        name="team-second-step",
    ),
    path("team/<int:user>/block/", team_actions.TeamBlockView.as_view(), name="team-block"),
    path("team/<int:user>/allow/", team_actions.TeamAllowView.as_view(), name="team-allow"),
    path("team/<int:user>/remove/", team_actions.TeamRemoveView.as_view(), name="team-remove"),
    path("batches/", batch_lists.BatchListView.as_view(), name="batch-list"),
    path("batches/<int:batch>/", batch_detail.BatchDetailView.as_view(), name="batch-detail"),
    path("batches/<int:batch>/cancel/", batch_lists.BatchCancelView.as_view(), name="batch-cancel"),
    path("batches/<int:batch>/undo/", batch_undo.BatchUndoView.as_view(), name="batch-undo"),
]
