"""Applications whose protocol is written by others, each registered as Team Chat and started."""

import os
import subprocess
from string import Template
from urllib.parse import quote

from applications.models import Application
from applications.recipes import SECRET, Recipe, filled
from customers.models import Partner
from licensing.models import ServicePlan
from tests.applications.clients.apache import Apache
from tests.applications.clients.npm import CLIENTS, NODE, with_packages
from tests.applications.clients.visitors import Visitor
from tests.applications.listener import Asked, Listener, Reply
from tests.applications.oidc.relying import RelyingParty, register
from tests.applications.oidc.team_chat import TeamChat
from tests.patience import PATIENCE, wait_for
from tests.support.servers import answers, free_port


def registered(
    partner: Partner,
    opened_by: ServicePlan,
    address: str,
    *,
    callback: str = "/callback",
    logout: str = "",
    public: bool = False,
) -> RelyingParty:
    """Team Chat at that address, which only that plan opens."""
    told = f"{address}{logout}" if logout else ""
    start = f"{address}/"
    party = register(partner, public=public, everyone=False, logout_uri=told, start_url=start)
    party.application.plans.add(opened_by)
    client = party.client
    client.set_redirect_uris([f"{address}{callback}"])
    client.set_post_logout_redirect_uris([f"{address}/bye"])
    client.save()
    return party


class Party:
    """An application: what it does at a visit of one of its pages, its title says."""

    # Whether it keeps a session, which lives until the portal tells of its end; and whether it asks
    # userinfo at each visit of a page.
    keeps_session = True
    asks_userinfo = True
    address: str
    application: Application

    def profile(self, visitor: Visitor, title: str) -> None:
        """Ask userinfo, with the tokens of who signed in last."""
        visitor.go(f"{self.address}/profile")
        visitor.sees(title)

    def refresh(self, visitor: Visitor, title: str) -> None:
        visitor.go(f"{self.address}/refresh")
        visitor.sees(title)

    def log_out(self, visitor: Visitor) -> None:
        visitor.go(f"{self.address}/logout")

    def start(self) -> None:
        """Start its server, if it has one of its own."""

    def stop(self) -> None:
        """End what was started."""


class NodeProgram(Party):
    def __init__(
        self, name: str, partner: Partner, opened_by: ServicePlan, issuer: str, *, logout: str
    ) -> None:
        self.name, self.port = name, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        party = registered(partner, opened_by, self.address, logout=logout)
        self.application = party.application
        told = {"ISSUER": issuer, "CLIENT_ID": party.client_id, "CLIENT_SECRET": party.secret}
        self.environment = {**os.environ, **told, "PORT": str(self.port)}
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(NODE), str(with_packages(CLIENTS) / self.name)]
        self.process = subprocess.Popen(command, env=self.environment, process_group=0)
        wait_for(self._answers, self.name)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(PATIENCE)

    def _answers(self) -> bool:
        if self.process is None or self.process.poll() is not None:
            raise RuntimeError(f"{self.name} ended, and has said why.")
        return answers(self.port)


class AuthlibSite(Party):
    def __init__(self, partner: Partner, opened_by: ServicePlan, issuer: str) -> None:
        self.chat = TeamChat()
        self.address = self.chat.address
        self.application = self.chat.register(partner, issuer, everyone=False)
        self.application.plans.add(opened_by)

    def start(self) -> None:
        self.chat.start()

    def stop(self) -> None:
        self.chat.stop()


class SinglePage(Party):
    """A page with oidc-client-ts, which has a server for its files alone."""

    keeps_session = False

    def __init__(
        self, listener: Listener, partner: Partner, opened_by: ServicePlan, issuer: str
    ) -> None:
        self.address = f"http://127.0.0.1:{listener.port}"
        party = registered(partner, opened_by, self.address, public=True)
        self.application = party.application
        place = with_packages(CLIENTS)
        library = place / "node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js"
        page = Template((place / "oidc_client_ts.html").read_text())
        text = page.safe_substitute(issuer=issuer, client_id=party.client_id)

        def answer(asked: Asked) -> Reply:
            if asked.path == "/oidc-client-ts.js":
                return Reply(body=library.read_bytes(), headers={"Content-Type": "text/javascript"})
            return Reply(body=text.encode(), headers={"Content-Type": "text/html"})

        listener.answer = answer


class ApacheSite(Party):
    """Started with the settings of the portal's own page for it, to the letter."""

    asks_userinfo = False
    # What its module knows of the user stands in the environment of its pages.
    pages = {
        "index.html": '<h1>Hello <!--#echo var="OIDC_CLAIM_name" --></h1>'
        '<p id="user"><!--#echo var="REMOTE_USER" --></p>'
        '<p id="token"><!--#echo var="OIDC_access_token" --></p>',
        "bye": "<h1>Bye</h1>",
    }
    # Of the site: the page that everyone may read, who is signed out there.
    beside = """
<Location /bye>
    AuthType None
    Require all granted
    ForceType text/html
</Location>
"""

    def __init__(self, partner: Partner, opened_by: ServicePlan, issuer: str) -> None:
        self.server = Apache(self.pages)
        self.address = self.server.address

        # Which addresses the portal needs is known before there is a client.
        paths = self._recipe(issuer, "")
        self.callback = paths.redirect.removeprefix(self.address)
        logout = paths.logout.removeprefix(self.address)
        party = registered(partner, opened_by, self.address, callback=self.callback, logout=logout)
        self.application = party.application
        text = self._recipe(issuer, party.client_id).text.replace(SECRET, party.secret)
        self.settings = text.replace("CRYPTO_PASSPHRASE", os.urandom(16).hex()) + self.beside

    def start(self) -> None:
        self.server.start(self.settings)

    def _recipe(self, issuer: str, client_id: str) -> Recipe:
        found = filled(issuer=issuer, client_id=client_id, start_url=f"{self.address}/")
        return next(each for each in found if each.key == "apache")

    def profile(self, visitor: Visitor, title: str) -> None:
        visitor.go(f"{self.address}/")
        assert visitor.text_of("user") == title

    def refresh(self, visitor: Visitor, title: str) -> None:
        """By the module's own address for it, which leads back with the reason why not."""
        visitor.go(f"{self.address}/")
        token, back = visitor.text_of("token"), quote(f"{self.address}/bye")
        visitor.go(f"{self.address}{self.callback}?refresh={back}&access_token={token}")
        visitor.sees("Bye")
        refused = "error_code=refresh_failed" in visitor.visited[-1]
        assert title == ("invalid_grant" if refused else "New tokens")
        if not refused:
            visitor.go(f"{self.address}/")
            assert visitor.text_of("token") != token

    def log_out(self, visitor: Visitor) -> None:
        visitor.go(f"{self.address}{self.callback}?logout={quote(self.address + '/bye')}")

    def stop(self) -> None:
        self.server.stop()
