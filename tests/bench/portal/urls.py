from django.urls import include, path

from .floor import FloorView
from .stock import site

urlpatterns = [
    path("bench/floor/", FloorView.as_view()),
    path("bench/stock/", site.urls),
    path("", include("partnerportal.urls")),
]
