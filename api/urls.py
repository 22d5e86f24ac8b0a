"""The pages of tokens, integrations and sources, and the door of sources."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .scim.views import ScimView

app_name = "api"

urlpatterns: list[URLPattern] = [
    path("scim/<uuid:customer>/v2", ScimView.as_view(), name="scim"),
    path("scim/<uuid:customer>/v2/<path:path>", ScimView.as_view(), name="scim-resource"),
]
