"""The pages of tokens and integrations."""

from django.urls.resolvers import URLPattern

app_name = "api"

urlpatterns: list[URLPattern] = []
