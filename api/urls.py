"""The pages of tokens and integrations, and of webhooks."""

from django.urls import path

from .views import webhook_deliveries, webhooks

app_name = "api"

urlpatterns = [
    path("team/webhooks/", webhooks.WebhookListView.as_view(), name="webhook-list"),
    path("team/webhooks/add/", webhooks.WebhookAddView.as_view(), name="webhook-add"),
    path(
        "team/webhooks/<int:webhook>/",
        webhook_deliveries.WebhookDetailView.as_view(),
        name="webhook-detail",
    ),
    path(
        "team/webhooks/<int:webhook>/change/",
        webhooks.WebhookChangeView.as_view(),
        name="webhook-change",
    ),
    path(
        "team/webhooks/<int:webhook>/secret/",
        webhooks.WebhookSecretView.as_view(),
        name="webhook-secret",
    ),
    path(
        "team/webhooks/<int:webhook>/old-secret/",
        webhooks.WebhookOldSecretView.as_view(),
        name="webhook-old-secret",
    ),
    path(
        "team/webhooks/<int:webhook>/switch/",
        webhooks.WebhookSwitchView.as_view(),
        name="webhook-switch",
    ),
    path(
        "team/webhooks/<int:webhook>/remove/",
        webhooks.WebhookRemoveView.as_view(),
        name="webhook-remove",
    ),
    path(
        "team/webhooks/<int:webhook>/test/",
        webhook_deliveries.WebhookTestView.as_view(),
        name="webhook-test",
    ),
    path(
        "team/webhooks/<int:webhook>/resend/",
        webhook_deliveries.WebhookResendView.as_view(),
        name="webhook-resend",
    ),
    path(
        "team/webhooks/<int:webhook>/deliveries/<int:delivery>/resend/",
        webhook_deliveries.DeliveryResendView.as_view(),
        name="delivery-resend",
    ),
]
