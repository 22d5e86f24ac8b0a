"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import path

from .views import notice_off, notices

app_name = "automation"
urlpatterns = [
    path("notices/", notices.NoticeListView.as_view(), name="notice-list"),
    path("notices/settings/", notices.NoticeSettingsView.as_view(), name="notice-settings"),
    path("notices/<int:notice>/", notices.NoticeOpenView.as_view(), name="notice-open"),
    path("notices/off/<str:token>/", notice_off.NoticeOffView.as_view(), name="notice-off"),
]
