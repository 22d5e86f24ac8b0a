"""Pages of requests: of who asks, and of who answers."""

from django.urls import URLPattern, URLResolver, path

from . import answering, own, seats

of_requests: list[URLPattern | URLResolver] = [
    path("me/requests/", own.OwnRequestsView.as_view(), name="request-own"),
    path("me/requests/ask/", own.RequestAskView.as_view(), name="request-ask"),
    path(
        "me/requests/<int:license_request>/cancel/",
        own.RequestCancelView.as_view(),
        name="request-cancel",
    ),
    path("requests/", answering.AllRequestsView.as_view(), name="request-all"),
    path(
        "customers/<int:customer>/requests/",
        answering.RequestListView.as_view(),
        name="request-list",
    ),
    path(
        "customers/<int:customer>/requests/seats/", seats.SeatsAskView.as_view(), name="seats-ask"
    ),
    path(
        "customers/<int:customer>/requests/<int:license_request>/",
        answering.RequestDetailView.as_view(),
        name="request-detail",
    ),
]
