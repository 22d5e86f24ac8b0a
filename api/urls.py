"""The pages of tokens, integrations and sources, and the door of sources."""

from django.urls import re_path
from django.urls.resolvers import URLPattern

from .scim.views import ScimView

app_name = "api"

urlpatterns: list[URLPattern] = [
    # All of the protocol's addresses; what follows is SCIM's, with or without a slash.
    re_path(
        r"^scim/(?P<customer>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/v2"
        r"(?P<path>(?:/.*)?)$",
        ScimView.as_view(),
        name="scim",
    ),
]
