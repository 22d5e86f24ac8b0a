from django.urls import include, path

from .bare_api import api
from .floor import FloorView
from .stock import site

urlpatterns = [
    path("bench/floor/", FloorView.as_view()),
    path("bench/stock/", site.urls),
    path("bench/ninja/", api.urls),
    path("", include("partnerportal.urls")),
]
