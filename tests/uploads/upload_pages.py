"""Upload users in a browser: the stage, and a file that is chosen and sent."""

from collections.abc import Callable, Sequence

import pytest
from playwright.sync_api import FilePayload, Page
from pytest_django.live_server_helper import LiveServer

from customers.models import Customer
from licensing.models import Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast, make_cast
from tests.support.servers import Worker

PageAs = Callable[..., Page]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return make_cast()


@pytest.fixture
def mail(live_server: LiveServer, worker: Worker, cast: Cast) -> Subscription:
    """A product with two seats, and a worker that reads what is uploaded."""
    product = ProductFactory.create(name="Mail", sku="MAIL")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def choose(
    page: Page, customer: Customer, content: bytes | Sequence[str], *, name: str = "people.csv"
) -> None:
    page.goto(f"/customers/{customer.pk}/users/upload/")
    send(page, content, name=name)


def send(page: Page, content: bytes | Sequence[str], *, name: str = "people.csv") -> None:
    """Choose the file on the page that is open."""
    data = content if isinstance(content, bytes) else "\r\n".join(content).encode()
    file: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": data}
    page.get_by_label("File", exact=True).set_input_files(files=[file])
    page.get_by_role("button", name="Validate").click()
