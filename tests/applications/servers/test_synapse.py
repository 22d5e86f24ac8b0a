"""Synapse, a Matrix server: signed in with the portal's account, and out when that ends."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import httpx2
import pytest
from playwright.sync_api import Page, expect

from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import allow_users, block_users
from applications.models import Application
from applications.services.applications import Facts, add_application
from applications.services.logout_delivery import deliver_logouts
from applications.services.logouts import follow_for_logouts
from licensing.models import Subscription
from tests.applications.servers.conftest import Service, recipe_for
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.support.servers import free_port

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

CONFIGURATION = """\
server_name: localhost
public_baseurl: {origin}/
pid_file: {folder}/synapse.pid
signing_key_path: {folder}/signing.key
media_store_path: {folder}/media
macaroon_secret_key: {secret}
form_secret: {secret}
report_stats: false
trusted_key_servers: []
enable_registration: false
listeners:
  - port: {port}
    type: http
    bind_addresses: ["127.0.0.1"]
    resources: [{{names: [client]}}]
database: {{name: sqlite3, args: {{database: "{folder}/synapse.db"}}}}
sso: {{client_whitelist: ["{origin}/"]}}
"""


@dataclass
class Synapse:
    origin: str
    application: Application
    pool: Subscription

    def enter(self, page: Page) -> str:
        """The access token of who signs in with this browser."""
        back = quote(f"{self.origin}/_matrix/static/")
        start = f"{self.origin}/_matrix/client/v3/login/sso/redirect/oidc-portal?redirectUrl={back}"
        page.goto(start)
        if page.get_by_label("User name").count():
            page.get_by_label("User name").fill("uma@contoso.example")
            page.get_by_label("Password").fill("green-kettle-hums-9")
            page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.origin}/_matrix/static/**")
        [token] = parse_qs(urlsplit(page.url).query)["loginToken"]
        sent = {"type": "m.login.token", "token": token}
        answer = httpx2.post(f"{self.origin}/_matrix/client/v3/login", json=sent, timeout=60)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def whoami(self, token: str) -> tuple[int, str]:
        answer = httpx2.get(
            f"{self.origin}/_matrix/client/v3/account/whoami",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        return answer.status_code, answer.json().get("user_id", "")


@pytest.fixture
def synapse(
    cast: Cast,
    issuer: str,
    service: Service,
    programs: Path,
    allow: Callable[[str], None],
) -> Synapse:
    port = free_port()
    origin = f"http://localhost:{port}"
    product = ProductFactory.create(name="Teams", plans=["CHAT"])
    pool = SubscriptionFactory.create(customer=cast.contoso, product=product, holders=[cast.uma])
    recipe = recipe_for("synapse", origin)
    facts = Facts(
        name="Team Chat",
        start_url=f"{origin}/",
        plans=list(product.plans.all()),
        redirect_uris=[recipe.redirect],
        logout_uri=recipe.logout,
    )
    added = add_application(facts, actor=cast.alice)
    text = CONFIGURATION.format(
        origin=origin, folder=service.folder, port=port, secret=secrets.token_hex()
    )
    # The page's own words; Synapse takes an issuer without TLS only when told so.
    own = recipe_for("synapse", origin, issuer, added).text
    own = own.replace("    client_id:", "    skip_verification: true\n    client_id:")
    configuration = service.folder / "homeserver.yaml"
    configuration.write_text(text + own)
    command = [str(programs / "synapse_homeserver"), f"--config-path={configuration}"]
    service.run([*command, "--generate-keys"])
    allow(origin)
    service.start(command, f"{origin}/_matrix/client/versions")
    return Synapse(origin, added.application, pool)


def test_uma_chats_until_she_is_blocked_or_has_no_license_any_more(
    page: Page, cast: Cast, synapse: Synapse, console: list[str]
) -> None:
    cast.gives_password(cast.uma)
    token = synapse.enter(page)
    assert synapse.whoami(token) == (200, "@uma:localhost")

    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert synapse.whoami(token)[0] == 200, "the application has to be told"
    assert deliver_logouts(synapse.application.pk) == 1
    assert synapse.whoami(token)[0] == 401

    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert synapse.whoami(token)[0] == 401
    token = synapse.enter(page)
    assert synapse.whoami(token) == (200, "@uma:localhost")

    change_licenses(
        [cast.uma],
        {synapse.pool.pk: LicenseChange(have=False)},
        customer=cast.contoso,
        actor=cast.alice,
    )
    follow_for_logouts()
    assert deliver_logouts(synapse.application.pk) == 1
    assert synapse.whoami(token)[0] == 401

    page.goto(f"{synapse.origin}/_matrix/client/v3/login/sso/redirect/oidc-portal?redirectUrl=x")
    expect(page.get_by_text("You need a license with this service")).to_be_visible()
    console.clear()
