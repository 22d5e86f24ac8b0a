"""The pages of tokens and integrations."""

from django.urls import path

from .views import integrations, own_tokens

app_name = "api"

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
]
