"""Addresses of the provider, as discovery names them."""

from django.urls import path

from .views import authorize, logout, programs, published

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", published.DiscoveryView.as_view(), name="discovery"),
    path("oidc/keys", published.KeysView.as_view(), name="jwks"),
    path("oidc/authorize", authorize.AuthorizeView.as_view(), name="authorize"),
    path("oidc/token", programs.TokenView.as_view(), name="token"),
    path("oidc/userinfo", programs.UserInfoView.as_view(), name="userinfo"),
    path("oidc/introspect", programs.IntrospectView.as_view(), name="introspect"),
    path("oidc/revoke", programs.RevokeView.as_view(), name="revoke"),
    path("oidc/logout", logout.LogoutView.as_view(), name="logout"),
    path("oidc/logout/confirm", logout.LogoutConfirmView.as_view(), name="logout-confirm"),
]
