"""The whole life of a sign-in with clients that others have written (docs/openid-clients.md).

Each signs in with PKCE, refreshes, asks userinfo, signs out from within the application, and is
signed out by the portal; it is refused without the license, after that was revoked, and after a
block, a delete and a restore.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import allow_users, block_users, delete_users, restore_users
from applications.models import Logout, LogoutState
from applications.services.logout_delivery import deliver_logouts
from applications.services.logouts import follow_for_logouts
from licensing.models import ServicePlan, Subscription
from tests.applications.clients.parties import (
    ApacheSite,
    AuthlibSite,
    NodeProgram,
    Party,
    SinglePage,
)
from tests.applications.clients.visitors import UMA, Browser, Reader, Visitor
from tests.applications.listener import Listener
from tests.factories import ProductFactory, SubscriptionFactory, assign
from tests.support.cast import make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

CLOSED = "You can't open Team Chat"


class Life:
    """Uma at Team Chat, and what alice does with her account meanwhile."""

    def __init__(self, settings: Settings, portal: str) -> None:
        self.settings, self.portal = settings, portal
        self.cast = make_cast()
        self.cast.gives_password(self.cast.uma)
        product = ProductFactory.create(name="Teams", plans=["CHAT"])
        self.plan: ServicePlan = product.plans.get()
        self.pool: Subscription = SubscriptionFactory.create(
            customer=self.cast.contoso, product=product
        )
        settings.OIDC_ISSUER = portal

    def pass_by(self, party: Party, visitor: Visitor) -> None:
        self.settings.EGRESS_ALLOW = [*self.settings.EGRESS_ALLOW, party.address]
        self.party, self.visitor = party, visitor
        self.sign_in_and_use()
        self.sign_out_from_within()
        self.sign_out_of_the_portal()
        self.lose_the_license()
        self.be_blocked()
        self.be_deleted_and_restored()

    def go(self, title: str) -> None:
        self.visitor.go(f"{self.party.address}/")
        self.visitor.sees(title)

    def sign_in(self, title: str) -> None:
        self.visitor.sign_in()
        self.visitor.sees(title)

    def told(self) -> None:
        """Have the application hear of what has ended, as the worker does within seconds."""
        follow_for_logouts()
        deliver_logouts(self.party.application.pk)
        left = Logout.objects.exclude(state=LogoutState.TOLD)
        assert not left.exists(), list(left.values("state", "reason"))

    def sign_in_and_use(self) -> None:
        self.go("Sign in")
        self.sign_in(CLOSED)
        assert not any(urlsplit(each).path.endswith("callback") for each in self.visitor.visited)
        assign(self.pool, self.cast.uma)
        self.go("Hello Uma")
        [asked, *_] = [each for each in self.visitor.visited if "/oidc/authorize?" in each]
        assert "code_challenge_method=S256" in asked
        self.party.profile(self.visitor, UMA)
        self.party.refresh(self.visitor, "New tokens")
        self.party.profile(self.visitor, UMA)

    def sign_out_from_within(self) -> None:
        self.go("Hello Uma")
        self.party.log_out(self.visitor)
        self.visitor.sees("Bye")
        self.go("Sign in")
        # Some take a logout token for all sessions of its user, a later one among them.
        self.told()
        self.sign_in("Hello Uma")

    def sign_out_of_the_portal(self) -> None:
        self.visitor.sign_out()
        self.go("Hello Uma" if self.party.keeps_session else "Sign in")
        self.told()
        self.go("Sign in")
        self.sign_in("Hello Uma")

    def is_out(self) -> None:
        """Neither tokens of before nor, once it was told, the application's own session work."""
        self.party.refresh(self.visitor, "invalid_grant")
        self.has_no_tokens()
        self.told()

    def has_no_tokens(self) -> None:
        if self.party.asks_userinfo:
            self.party.profile(self.visitor, "401")

    def lose_the_license(self) -> None:
        taken = {self.pool.pk: LicenseChange(have=False)}
        cast = self.cast
        change_licenses([cast.uma], taken, customer=cast.contoso, actor=cast.alice)
        self.is_out()
        self.go(CLOSED)
        assign(self.pool, cast.uma)
        self.has_no_tokens()
        self.go("Hello Uma")

    def be_blocked(self) -> None:
        cast = self.cast
        block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        self.is_out()
        self.go("Sign in")
        self.sign_in("Sign-in is blocked")
        allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        self.has_no_tokens()
        self.go("Sign in")
        self.sign_in("Hello Uma")

    def be_deleted_and_restored(self) -> None:
        cast = self.cast
        delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
        self.is_out()
        self.go("Sign in")
        self.sign_in("Sign in")
        restore_users([cast.uma.pk], customer=cast.contoso, actor=cast.alice)
        self.has_no_tokens()
        cast.uma.refresh_from_db()
        cast.uma.must_change_password, cast.uma.temporary_password_set_at = False, None
        cast.uma.save()
        cast.gives_password(cast.uma)
        self.go("Sign in")
        # With the license, which comes back with the user.
        self.sign_in("Hello Uma")
        self.party.profile(self.visitor, UMA)


@pytest.fixture
def life(transactional_db: None, live_server: LiveServer, settings: Settings) -> Life:
    return Life(settings, live_server.url)


@pytest.fixture
def reader(live_server: LiveServer) -> Iterator[Reader]:
    with closing(Reader(live_server.url)) as reader:
        yield reader


@contextmanager
def running(party: Party) -> Iterator[Party]:
    try:
        party.start()
        yield party
    finally:
        party.stop()


def test_openid_client(life: Life, reader: Reader) -> None:
    of = "openid_client.mjs", life.cast.fabrikam, life.plan, life.portal
    with running(NodeProgram(*of, logout="/backchannel")) as party:
        life.pass_by(party, reader)


def test_express_openid_connect(life: Life, reader: Reader) -> None:
    of = "express_openid_connect.mjs", life.cast.fabrikam, life.plan, life.portal
    with running(NodeProgram(*of, logout="/backchannel-logout")) as party:
        life.pass_by(party, reader)


def test_authlib(life: Life, reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    with running(AuthlibSite(life.cast.fabrikam, life.plan, life.portal)) as party:
        life.pass_by(party, reader)


def test_oidc_client_ts(life: Life, page: Page, console: list[str]) -> None:
    with Listener().listening() as listener:
        party = SinglePage(listener, life.cast.fabrikam, life.plan, life.portal)
        life.pass_by(party, Browser(life.portal, page))
    # Of each refusal a browser writes a line.
    assert all("Failed to load resource" in line for line in console)
    console.clear()


def test_apache(life: Life, page: Page, console: list[str]) -> None:
    with running(ApacheSite(life.cast.fabrikam, life.plan, life.portal)) as party:
        life.pass_by(party, Browser(life.portal, page))
    assert all("Failed to load resource" in line for line in console)
    console.clear()
