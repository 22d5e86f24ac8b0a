"""The pages of tokens, integrations, webhooks and sources, and the door of sources."""

from django.urls import path, re_path

from .scim.views import ScimView
from .views import integrations, own_tokens, sources, users, webhook_deliveries, webhooks

app_name = "api"

of_sources = "customers/<int:customer>/sources/"

urlpatterns = [
    path("accounts/tokens/", own_tokens.TokenListView.as_view(), name="token-list"),
    path("accounts/tokens/add/", own_tokens.TokenAddView.as_view(), name="token-add"),
    path("accounts/tokens/<int:token>/", own_tokens.TokenDetailView.as_view(), name="token-detail"),
    path(
        "accounts/tokens/<int:token>/revoke/",
        own_tokens.TokenRevokeView.as_view(),
        name="token-revoke",
    ),
    path("team/integrations/", integrations.IntegrationListView.as_view(), name="integration-list"),
    path(
        "team/integrations/add/", integrations.IntegrationAddView.as_view(), name="integration-add"
    ),
    path(
        "team/integrations/<int:integration>/",
        integrations.IntegrationDetailView.as_view(),
        name="integration-detail",
    ),
    path(
        "team/integrations/<int:integration>/block/",
        integrations.IntegrationBlockView.as_view(),
        name="integration-block",
    ),
    path(
        "team/integrations/<int:integration>/allow/",
        integrations.IntegrationAllowView.as_view(),
        name="integration-allow",
    ),
    path(
        "team/integrations/<int:integration>/remove/",
        integrations.IntegrationRemoveView.as_view(),
        name="integration-remove",
    ),
    path(
        "team/integrations/<int:integration>/tokens/add/",
        integrations.IntegrationTokenAddView.as_view(),
        name="integration-token-add",
    ),
    path(
        "team/integrations/<int:integration>/secrets/add/",
        integrations.IntegrationSecretAddView.as_view(),
        name="integration-secret-add",
    ),
    path(
        "team/integrations/<int:integration>/tokens/<int:token>/",
        integrations.IntegrationTokenView.as_view(),
        name="integration-token",
    ),
    path(
        "team/integrations/<int:integration>/tokens/<int:token>/revoke/",
        integrations.IntegrationTokenRevokeView.as_view(),
        name="integration-token-revoke",
    ),
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
