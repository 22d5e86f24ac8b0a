"""The pages of tokens, integrations and sources, and the door of sources."""

from django.urls import path, re_path

from .scim.views import ScimView
from .views import sources, users

app_name = "api"

of_sources = "customers/<int:customer>/sources/"

urlpatterns = [
    path(of_sources, sources.SourceListView.as_view(), name="source-list"),
    path(f"{of_sources}add/", sources.SourceAddView.as_view(), name="source-add"),
    path(f"{of_sources}<int:source>/", sources.SourceDetailView.as_view(), name="source-detail"),
    path(
        f"{of_sources}<int:source>/remove/",
        sources.SourceRemoveView.as_view(),
        name="source-remove",
    ),
    path(
        f"{of_sources}<int:source>/tokens/add/",
        sources.SourceTokenAddView.as_view(),
        name="source-token-add",
    ),
    path(
        f"{of_sources}<int:source>/tokens/<int:source_token>/",
        sources.SourceTokenView.as_view(),
        name="source-token",
    ),
    path(
        f"{of_sources}<int:source>/tokens/<int:source_token>/revoke/",
        sources.SourceTokenRevokeView.as_view(),
        name="source-token-revoke",
    ),
    path(
        "customers/<int:customer>/users/<int:user>/release/",
        users.UserReleaseView.as_view(),
        name="user-release",
    ),
    # All of the protocol's addresses; what follows is SCIM's, with or without a slash.
    re_path(
        r"^scim/(?P<customer>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/v2"
        r"(?P<path>(?:/.*)?)$",
        ScimView.as_view(),
        name="scim",
    ),
]
