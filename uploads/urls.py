"""The addresses of uploads, below that of the customer."""

from django.urls import path

from .views import adding, columns, repairing, row, select_list, starting, upload

app_name = "uploads"

urlpatterns = [
    path(
        "users/select-list/",
        select_list.SelectListView.as_view(),
        name="select-list",
    ),
    path(
        "users/upload/",
        adding.UploadAddView.as_view(),
        name="upload-add",
    ),
    path(
        "users/upload/template/",
        adding.UploadTemplateView.as_view(),
        name="upload-template",
    ),
    path(
        "uploads/",
        upload.UploadListView.as_view(),
        name="upload-list",
    ),
    path(
        "uploads/columns/",
        columns.RememberedColumnsView.as_view(),
        name="column-list",
    ),
    path(
        "uploads/<int:upload>/",
        upload.UploadDetailView.as_view(),
        name="upload-detail",
    ),
    path(
        "uploads/<int:upload>/answer/",
        upload.UploadAnswerView.as_view(),
        name="upload-answer",
    ),
    path(
        "uploads/<int:upload>/columns/",
        columns.UploadColumnsView.as_view(),
        name="upload-columns",
    ),
    path(
        "uploads/<int:upload>/reading/",
        upload.UploadReadingView.as_view(),
        name="upload-reading",
    ),
    path(
        "uploads/<int:upload>/options/",
        upload.UploadOptionsView.as_view(),
        name="upload-options",
    ),
    path(
        "uploads/<int:upload>/assigning/",
        upload.UploadAssigningView.as_view(),
        name="upload-assigning",
    ),
    path(
        "uploads/<int:upload>/start/",
        starting.UploadStartView.as_view(),
        name="upload-start",
    ),
    path(
        "uploads/<int:upload>/confirm/",
        upload.UploadConfirmView.as_view(),
        name="upload-confirm",
    ),
    path(
        "uploads/<int:upload>/cancel/",
        upload.UploadCancelView.as_view(),
        name="upload-cancel",
    ),
    path(
        "uploads/<int:upload>/rows/<int:number>/",
        row.UploadRowView.as_view(),
        name="upload-row",
    ),
    path(
        "uploads/<int:upload>/repair/",
        repairing.UploadRepairView.as_view(),
        name="upload-repair",
    ),
    path(
        "uploads/<int:upload>/errors/",
        row.UploadErrorsView.as_view(),
        name="upload-errors",
    ),
]
