"""Team Chat: an application at an address of its own, which signs its users in with Authlib.

What it makes of the provider's answers is Authlib's to say: state, PKCE, nonce, the keys, and every
claim of the ID token.
"""

from http import HTTPStatus
from threading import Thread
from typing import Any

import jwt
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, request, session
from werkzeug.serving import make_server

from applications.models import Application
from customers.models import Partner
from tests.applications.oidc.relying import register


class TeamChat:
    def __init__(self) -> None:
        self.flask = Flask(__name__)
        self.flask.secret_key = "only-for-tests"
        self.server = make_server("127.0.0.1", 0, self.flask, threaded=True)
        self.address = f"http://127.0.0.1:{self.server.port}"
        # Of who signed in last.
        self.tokens: dict[str, Any] = {}
        self.application: Application | None = None
        for path, page in (
            ("/", self.home),
            ("/login", self.login),
            ("/callback", self.callback),
            ("/profile", self.profile),
            ("/refresh", self.refresh),
            ("/logout", self.logout),
            ("/bye", self.bye),
        ):
            self.flask.add_url_rule(path, path, page)
        self.flask.add_url_rule("/backchannel", view_func=self.end, methods=["POST"])
        # Of the sessions that the portal has ended; they themselves are cookies.
        self.ended: set[str] = set()

    def register(self, partner: Partner, issuer: str, **given: Any) -> Application:
        given |= {"start_url": f"{self.address}/", "logout_uri": f"{self.address}/backchannel"}
        party = register(partner, **given)
        client = party.client
        client.set_redirect_uris([f"{self.address}/callback"])
        client.set_post_logout_redirect_uris([f"{self.address}/bye"])
        client.save()
        oauth = OAuth(self.flask)
        self.portal = oauth.register(
            "portal",
            client_id=party.client_id,
            client_secret=party.secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
        )
        self.application = party.application
        return party.application

    def start(self) -> "TeamChat":
        self.thread = Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def home(self) -> Any:
        if "name" not in session or session["sid"] in self.ended:
            return redirect("/login")
        return f"<h1>Hello {session['name']}</h1>"

    def login(self) -> Any:
        return self.portal.authorize_redirect(f"{self.address}/callback", **request.args)

    def callback(self) -> Any:
        try:
            self.tokens = dict(self.portal.authorize_access_token())
        except OAuthError as error:
            return f"<h1>{error.error}</h1>"
        told = self.tokens["userinfo"]
        session["name"], session["sid"] = told["name"], told["sid"]
        return redirect("/")

    def profile(self) -> Any:
        metadata = self.portal.load_server_metadata()
        answer = self.portal.get(metadata["userinfo_endpoint"], token=self.tokens)
        if answer.status_code != HTTPStatus.OK:
            return f"<h1>{answer.status_code}</h1>"
        return f"<h1>{answer.json()['preferred_username']}</h1>"

    def refresh(self) -> Any:
        try:
            self.tokens = dict(
                self.portal.fetch_access_token(
                    grant_type="refresh_token", refresh_token=self.tokens["refresh_token"]
                )
            )
        except OAuthError as error:
            return f"<h1>{error.error}</h1>"
        return "<h1>New tokens</h1>"

    def logout(self) -> Any:
        session.clear()
        metadata = self.portal.load_server_metadata()
        # As a link of the application's leads there.
        query = f"?id_token_hint={self.tokens['id_token']}"
        query += f"&post_logout_redirect_uri={self.address}/bye"
        return redirect(metadata["end_session_endpoint"] + query)

    def bye(self) -> str:
        return "<h1>Bye</h1>"

    def end(self) -> tuple[str, int]:
        """Take a logout token (Back-Channel Logout 1.0, 2.6), which Authlib does not read."""
        token = request.form["logout_token"]
        header = jwt.get_unverified_header(token)
        keys = {key["kid"]: key for key in self.portal.fetch_jwk_set()["keys"]}
        found = jwt.decode(
            token,
            jwt.PyJWK(keys[header["kid"]]).key,
            algorithms=["RS256"],
            audience=self.portal.client_id,
            issuer=self.portal.load_server_metadata()["issuer"],
        )
        assert header["typ"] == "logout+jwt"
        assert list(found["events"]) == ["http://schemas.openid.net/event/backchannel-logout"]
        self.ended.add(found["sid"])
        return "", HTTPStatus.NO_CONTENT
