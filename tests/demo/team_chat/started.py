"""The demo's Team Chat as a process of its own, beside the live server: the fixture `team_chat`."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from applications.services.applications import Added, add_application
from demo.applications import team_chat_at
from licensing.models import Subscription
from partnerportal.local.supervisor import TEAM_CHAT
from tests.factories import ProductFactory, SubscriptionFactory
from tests.patience import PATIENCE, wait_for
from tests.support.cast import Cast
from tests.support.servers import BASE_DIR, free_port


class TeamChat:
    """Team Chat of Fabrikam's, and a subscription of Contoso's, some seats of which open it."""

    def __init__(self, cast: Cast) -> None:
        self.url = f"http://localhost:{free_port()}"
        product = ProductFactory.create(name="Team Chat", plans=["CHAT"])
        self.seats: Subscription = SubscriptionFactory.create(
            customer=cast.contoso, product=product, quantity=5
        )
        facts = team_chat_at(self.url, product.plans.all())
        self.added: Added = add_application(facts, actor=cast.alice)

    def start(self, issuer: str, folder: Path) -> None:
        client = folder / "client.json"
        client.write_text(
            json.dumps(
                {
                    "client_id": self.added.application.client_id,
                    "client_secret": self.added.secret,
                }
            )
        )
        environment = {
            **os.environ,
            "OIDC_ISSUER": issuer,
            "TEAM_CHAT_URL": self.url,
            "TEAM_CHAT_CLIENT": str(client),
        }
        self.log = folder / "team-chat.log"
        bind = self.url.replace("http://localhost", "127.0.0.1")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*TEAM_CHAT, f"--bind={bind}", "demo.team_chat.app"],
                cwd=BASE_DIR,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        wait_for(self._answers, f"Team Chat ({self.log})")

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"Team Chat ended:\n{self.log.read_text()}")
        try:
            with urllib.request.urlopen(self.url, timeout=PATIENCE) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture
def team_chat(
    cast: Cast, live_server: LiveServer, settings: Settings, tmp_path: Path
) -> Iterator[TeamChat]:
    settings.OIDC_ISSUER = live_server.url
    chat = TeamChat(cast)
    settings.EGRESS_ALLOW = [*settings.EGRESS_ALLOW, chat.url]
    chat.start(live_server.url, tmp_path)
    yield chat
    chat.stop()
