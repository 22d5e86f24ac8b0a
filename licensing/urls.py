from django.urls import path

from . import views

app_name = "licensing"

urlpatterns = [
    path("subscriptions/", views.SubscriptionListView.as_view(), name="subscription-list"),
    path("subscriptions/add/", views.SubscriptionAddView.as_view(), name="subscription-add"),
    path(
        "subscriptions/<int:subscription>/",
        views.SubscriptionDetailView.as_view(),
        name="subscription-detail",
    ),
    path(
        "subscriptions/<int:subscription>/price/",
        views.SubscriptionPriceView.as_view(),
        name="subscription-price",
    ),
    path(
        "subscriptions/<int:subscription>/suspend/",
        views.SubscriptionSuspendView.as_view(),
        name="subscription-suspend",
    ),
    path(
        "subscriptions/<int:subscription>/resume/",
        views.SubscriptionResumeView.as_view(),
        name="subscription-resume",
    ),
    path(
        "subscriptions/<int:subscription>/cancel/",
        views.SubscriptionCancelView.as_view(),
        name="subscription-cancel",
    ),
]
