"""Pages of what is done by itself; those of one customer stand below its address."""

from django.urls import URLPattern, URLResolver

app_name = "automation"
urlpatterns: list[URLPattern | URLResolver] = []
