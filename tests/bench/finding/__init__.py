"""Find anyone: a search of the top bar over all customers of a partner with a million users.

And Find a person, the same of support staff over all partners.
"""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlencode

from accounts.models import User
from customers.models import Customer
from tests.bench.clock import median_processor, side_by_side
from tests.bench.figures import Figure, at_most, yardstick
from tests.bench.population import PARTNER, STAFF
from tests.bench.stage import Stage
from tests.bench.users import FLOOR, NAME, REPEAT
from tests.bench.visitor import Visitor
from tests.factories import SupportFactory

LIST = {"HTTP_HX_REQUEST": "true"}
EMPTY = {"nothing is found", "letters in no order", "a phone number", "two letters"}


def measure(stage: Stage) -> Iterator[Figure]:
    stage.databases.use(stage.crowd)
    visitor = Visitor(User.objects.get(pk=STAFF))
    users = User.objects.filter(customer__partner=PARTNER).count()
    for name, text in texts().items():
        address = f"/search/?{urlencode({'q': text})}"
        _check(visitor, name, address)
        for what, headers in (("list", LIST), ("page", {})):
            works = {
                "floor": partial(visitor.open, FLOOR),
                "found": partial(visitor.open, address, **headers),
            }
            spent = side_by_side(works, rounds=stage.rounds, repeat=REPEAT)
            floor, found = (median_processor(spent[one]) for one in ("floor", "found"))
            told = f"Find anyone among {users}, {name}, {what}"
            yield at_most(5, told, found / floor, "x floor")
    yield yardstick("floor of Find anyone", floor * 1000, "ms")
    yield from _of_support(stage, users)


def _of_support(stage: Stage, users: int) -> Iterator[Figure]:
    support = Visitor(SupportFactory.create())
    for name in ("three letters", "a last name", "a user name", "a domain", "nothing is found"):
        address = f"/admin/?{urlencode({'q': texts()[name]})}"
        if ("found-people" not in support.open(address)) != (name in EMPTY):
            raise RuntimeError(f"{address} ({name}) shows what it should not.")
        works = {"floor": partial(support.open, FLOOR), "found": partial(support.open, address)}
        works["start"] = partial(support.open, "/admin/")
        spent = side_by_side(works, rounds=stage.rounds, repeat=REPEAT)
        floor, found, start = (median_processor(spent[one]) for one in ("floor", "found", "start"))
        # The lists below take their time without a search, too.
        told = f"Find a person among {users}, {name}, beyond the start page"
        yield at_most(5, told, (found - start) / floor, "x floor")


def texts() -> dict[str, str]:
    someone = User.objects.active().filter(customer=5)[0]
    gone = User.objects.restorable().filter(customer=1)[0]
    customer = Customer.objects.order_by("pk")[7]
    return {
        "three letters": "ann",
        "three other letters": "son",
        "a last name": NAME,
        "a whole name": someone.display_name,
        "a user name": someone.user_name,
        "a domain": "customer5.example",
        "what all have": "example",
        "a deleted user": gone.user_name,
        "nothing is found": "nobody of this name",
        "letters in no order": "xqzwy",
        "a phone number": "+49 171 5550188",
        "two letters": "qu",
        "a customer": customer.name,
        "pages of a customer": f"upload {customer.name}",
    }


def _check(visitor: Visitor, name: str, address: str) -> None:
    """A page that shows nothing would be quick."""
    is_empty = 'class="found-hit"' not in visitor.open(address)
    if is_empty != (name in EMPTY):
        raise RuntimeError(f"{address} ({name}) shows {'nothing' if is_empty else 'something'}.")
