"""MLflow with mlflow-oidc-auth: signed in with the portal's account, which SCIM makes and takes."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Page

from accounts.models import User
from accounts.services.users import allow_users, block_users
from applications.models import Application, Leaving, Provision
from applications.services.applications import Facts, add_application
from applications.services.provisioning.converging import deliver_accounts
from applications.services.provisioning.setting_up import Connection, set_up, switch_provisioning
from applications.services.provisioning.wanting import follow_for_provisioning
from tests.applications.servers.conftest import Service, recipe_for
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.browser import NewPage
from tests.support.cast import Cast
from tests.support.servers import free_port

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]


@dataclass
class MLflow:
    origin: str
    application: Application

    def enter(self, page: Page, user: User, password: str) -> None:
        page.goto(f"{self.origin}/login")
        page.get_by_label("User name").fill(user.user_name)
        page.get_by_label("Password").fill(password)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{self.origin}/**")

    def current(self, page: Page) -> tuple[int, str]:
        """Who is signed in there with this browser, as MLflow says."""
        answer = page.request.get(f"{self.origin}/api/2.0/mlflow/users/current")
        return answer.status, answer.json().get("username", "") if answer.ok else ""

    def token(self, page: Page) -> str:
        """A new token for SCIM, by the administrator who is signed in with this browser."""
        answer = page.request.post(
            f"{self.origin}/api/2.0/mlflow/scim/tokens",
            data={"name": "portal"},
            headers={"Origin": self.origin},
        )
        assert answer.status == 201, answer.text()
        return str(answer.json()["token"])

    def accounts(self, token: str) -> dict[str, bool]:
        """Who has an account, and whether it is active."""
        answer = httpx2.get(
            f"{self.origin}/scim/v2/Users",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
        )
        return {one["userName"]: one["active"] for one in answer.json()["Resources"]}


@pytest.fixture
def mlflow(
    cast: Cast,
    issuer: str,
    service: Service,
    programs: Path,
    allow: Callable[[str], None],
) -> MLflow:
    port = free_port()
    origin = f"http://localhost:{port}"
    product = ProductFactory.create(name="Experiments", plans=["MLFLOW", "MLFLOW_ADMIN"])
    pool = SubscriptionFactory.create(
        customer=cast.contoso, product=product, holders=[cast.uma, cast.gail]
    )
    pool.assignments.filter(user=cast.uma).update(services_off=["MLFLOW_ADMIN"])
    facts = Facts(
        name="Experiments",
        start_url=f"{origin}/",
        plans=list(product.plans.all()),
        redirect_uris=[recipe_for("mlflow", origin).redirect],
    )
    added = add_application(facts, actor=cast.alice)
    text = recipe_for("mlflow", origin, issuer, added).text
    environment = dict(line.split("=", 1) for line in text.splitlines())
    environment = {name: value.strip('"') for name, value in environment.items()}
    environment |= {"OIDC_GROUP_NAME": "MLFLOW", "OIDC_ADMIN_GROUP_NAME": "MLFLOW_ADMIN"}
    environment |= {
        "OIDC_USERS_DB_URI": f"sqlite:///{service.folder}/users.db",
        "SECRET_KEY": secrets.token_hex(),
    }
    command = [str(programs / "mlflow"), "server", "--app-name=oidc-auth", "--workers=1"]
    command += [f"--backend-store-uri=sqlite:///{service.folder}/mlflow.db"]
    command += [f"--default-artifact-root={service.folder}/artifacts"]
    command += ["--host=127.0.0.1", f"--port={port}"]
    allow(origin)
    # It starts further processes by their names.
    environment["PATH"] = f"{programs}:/usr/bin:/bin"
    service.start(command, f"{origin}/health", environment)
    return MLflow(origin, added.application)


def test_accounts_come_and_go_and_with_them_who_is_signed_in(
    page: Page, new_page: NewPage, cast: Cast, mlflow: MLflow, console: list[str]
) -> None:
    password = cast.gives_password(cast.uma, cast.gail)
    admin = new_page()
    mlflow.enter(admin, cast.gail, password)
    assert mlflow.current(admin) == (200, cast.gail.user_name)
    token = mlflow.token(admin)

    # Gail has an account by signing in, which is taken over; uma is given one.
    to = Connection(f"{mlflow.origin}/scim/v2", token, Leaving.DEACTIVATE)
    set_up(mlflow.application, to, actor=cast.alice)
    switch_provisioning(mlflow.application, on=True, actor=cast.alice)
    deliver_accounts(mlflow.application.pk)
    assert reasons() == []
    assert mlflow.accounts(token).items() >= {
        (cast.gail.user_name, True),
        (cast.uma.user_name, True),
    }

    mlflow.enter(page, cast.uma, password)
    assert mlflow.current(page) == (200, cast.uma.user_name)
    block_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_provisioning()
    deliver_accounts(mlflow.application.pk)
    assert reasons() == []
    assert mlflow.accounts(token)[cast.uma.user_name] is False
    assert mlflow.current(page)[0] == 401
    assert mlflow.current(admin) == (200, cast.gail.user_name)

    allow_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    follow_for_provisioning()
    deliver_accounts(mlflow.application.pk)
    assert mlflow.accounts(token)[cast.uma.user_name] is True
    # Pages of MLflow ask for more than uma may see, and go on asking: they are left first.
    for left in (page, admin):
        left.goto("about:blank")
    console.clear()


def reasons() -> list[str]:
    """Why accounts could not be made what they should be."""
    return list(Provision.objects.exclude(reason="").values_list("reason", flat=True))
