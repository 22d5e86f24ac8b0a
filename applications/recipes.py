"""What to enter in well-known services, so that they sign users in with the portal.

From each one's own documentation, in its own words; `$origin` is where the service runs. In place
of the secret, which nobody can look up, stands SECRET.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SECRET = "YOUR_CLIENT_SECRET"  # noqa: S105 - what stands in place of one
SCOPES = "openid profile email groups"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one service is told of the portal, and which of its addresses the portal needs."""

    key: str
    service: str
    # Where the text belongs: a file, a command, the environment.
    place: str | Promise
    text: str
    redirect: str
    logout: str = ""
    note: str | Promise = ""


RECIPES = (
    Recipe(
        key="apache",
        service="Apache (mod_auth_openidc)",
        place=_("In the virtual host of the site that is to be protected"),
        redirect="$origin/oidc/callback",
        logout="$origin/oidc/callback?logout=backchannel",
        note=_(
            "No page of the site has the redirect address. Demand no more than valid-user below"
            " /oidc, or sign-outs of the portal are refused."
        ),
        text="""\
OIDCProviderMetadataURL $discovery
OIDCClientID $client
OIDCClientSecret $secret
OIDCRedirectURI $origin/oidc/callback
OIDCCryptoPassphrase "CRYPTO_PASSPHRASE"
OIDCScope "$scopes"
OIDCPKCEMethod S256
OIDCRemoteUserClaim preferred_username

<Location />
    AuthType openid-connect
    Require valid-user
</Location>
""",
    ),
    Recipe(
        key="synapse",
        service="Synapse (Matrix)",
        place="homeserver.yaml",
        redirect="$origin/_synapse/client/oidc/callback",
        logout="$origin/_synapse/client/oidc/backchannel_logout",
        text="""\
oidc_providers:
  - idp_id: portal
    idp_name: Partner Portal
    issuer: "$issuer"
    client_id: "$client"
    client_secret: "$secret"
    scopes: ["openid", "profile", "email"]
    pkce_method: always
    backchannel_logout_enabled: true
    user_mapping_provider:
      config:
        localpart_template: "{{ user.preferred_username.split('@')[0] }}"
        display_name_template: "{{ user.name }}"
""",
    ),
    Recipe(
        key="mlflow",
        service="MLflow (mlflow-oidc-auth)",
        place=_("In the environment of the server"),
        redirect="$origin/callback",
        note=_(
            "The groups are codes of service plans: name those that may sign in, and who rules."
        ),
        text="""\
OIDC_DISCOVERY_URL=$discovery
OIDC_CLIENT_ID=$client
OIDC_CLIENT_SECRET=$secret
OIDC_REDIRECT_URI=$origin/callback
OIDC_SCOPE="$scopes"
OIDC_PROVIDER_DISPLAY_NAME="Partner Portal"
OIDC_GROUP_NAME=
OIDC_ADMIN_GROUP_NAME=
""",
    ),
    Recipe(
        key="grafana",
        service="Grafana",
        place="grafana.ini",
        redirect="$origin/login/generic_oauth",
        text="""\
[auth.generic_oauth]
enabled = true
name = Partner Portal
client_id = $client
client_secret = $secret
scopes = $scopes
auth_url = $authorize
token_url = $token
api_url = $userinfo
signout_redirect_url = $end_session
use_pkce = true
login_attribute_path = preferred_username
name_attribute_path = name
""",
    ),
    Recipe(
        key="nextcloud",
        service="Nextcloud (user_oidc)",
        place=_("On the command line, in Nextcloud's folder"),
        redirect="$origin/index.php/apps/user_oidc/code",
        logout="$origin/index.php/apps/user_oidc/backchannel-logout/portal",
        text="""\
php occ user_oidc:provider portal \\
    --clientid="$client" \\
    --clientsecret="$secret" \\
    --discoveryuri="$discovery" \\
    --scope="$scopes"
""",
    ),
    Recipe(
        key="gitea",
        service="Gitea, Forgejo",
        place=_("On the command line, as the user that runs it"),
        redirect="$origin/user/oauth2/portal/callback",
        note=_("It sends no PKCE challenge: turn Require PKCE off for this application."),
        text="""\
gitea admin auth add-oauth \\
    --name portal \\
    --provider openidConnect \\
    --key "$client" \\
    --secret "$secret" \\
    --auto-discover-url "$discovery" \\
    --scopes "openid profile email groups"
""",
    ),
    Recipe(
        key="gitlab",
        service="GitLab",
        place="/etc/gitlab/gitlab.rb",
        redirect="$origin/users/auth/openid_connect/callback",
        text="""\
gitlab_rails['omniauth_allow_single_sign_on'] = ['openid_connect']
gitlab_rails['omniauth_providers'] = [
  {
    name: "openid_connect",
    label: "Partner Portal",
    args: {
      name: "openid_connect",
      scope: ["openid", "profile", "email"],
      response_type: "code",
      issuer: "$issuer",
      discovery: true,
      client_auth_method: "basic",
      uid_field: "sub",
      pkce: true,
      client_options: {
        identifier: "$client",
        secret: "$secret",
        redirect_uri: "$origin/users/auth/openid_connect/callback"
      }
    }
  }
]
""",
    ),
    Recipe(
        key="oauth2-proxy",
        service="oauth2-proxy",
        place="oauth2-proxy.cfg",
        redirect="$origin/oauth2/callback",
        text="""\
provider = "oidc"
oidc_issuer_url = "$issuer"
client_id = "$client"
client_secret = "$secret"
redirect_url = "$origin/oauth2/callback"
scope = "$scopes"
code_challenge_method = "S256"
email_domains = ["*"]
cookie_secret = "COOKIE_SECRET"
""",
    ),
    Recipe(
        key="other",
        service="OpenID Connect",
        place=_("Anything else asks for some of these"),
        redirect="",
        text="""\
Discovery address: $discovery
Issuer: $issuer
Client ID: $client
Client secret: $secret
Scopes: $scopes
PKCE: S256
""",
    ),
)


def filled(
    *, issuer: str, client_id: str, start_url: str, is_public: bool = False
) -> Sequence[Recipe]:
    """Return the recipes for one application, which runs where its start is."""
    start = urlsplit(start_url)
    values = {
        "issuer": issuer,
        "discovery": f"{issuer}/.well-known/openid-configuration",
        "origin": f"{start.scheme}://{start.netloc}",
        "client": client_id,
        "secret": "" if is_public else SECRET,
        "scopes": SCOPES,
        "authorize": f"{issuer}{reverse('oidc:authorize')}",
        "token": f"{issuer}{reverse('oidc:token')}",
        "userinfo": f"{issuer}{reverse('oidc:userinfo')}",
        "end_session": f"{issuer}{reverse('oidc:logout')}",
    }

    def fill(text: str) -> str:
        return Template(text).substitute(values)

    return [
        Recipe(
            recipe.key,
            recipe.service,
            recipe.place,
            fill(recipe.text),
            fill(recipe.redirect),
            fill(recipe.logout),
            recipe.note,
        )
        for recipe in RECIPES
    ]
