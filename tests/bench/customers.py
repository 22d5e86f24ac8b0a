"""The list of a partner's 2,000 customers, with seats and counts."""

from collections.abc import Iterator
from functools import partial

from accounts.models import User
from customers.models import Customer
from tests.bench.clock import median_processor, side_by_side
from tests.bench.figures import Figure, at_most
from tests.bench.population import STAFF
from tests.bench.stage import Stage
from tests.bench.users import FLOOR, REPEAT
from tests.bench.visitor import Visitor, rows_of

LIST = "/customers/"
SORTS = ("name", "domain", "users", "seats", "deleted")


def measure(stage: Stage) -> Iterator[Figure]:
    stage.databases.use(stage.crowd)
    visitor = Visitor(User.objects.get(pk=STAFF))
    number = Customer.objects.count()
    pages = {f"by {sort}": f"{LIST}?sort={sort}" for sort in SORTS}
    pages["last page"] = f"{LIST}?page={number // 50}"
    pages["search"] = f"{LIST}?q=customer1"
    for address in pages.values():
        if not rows_of(visitor.open(address)):
            raise RuntimeError(f"{address} shows no customer.")
    most = visitor.most_queries(pages.values())
    yield at_most(6, f"Customers, {number} of them, queries", most, "queries")
    for name, address in pages.items():
        works = {"floor": partial(visitor.open, FLOOR), "page": partial(visitor.open, address)}
        spent = side_by_side(works, rounds=stage.rounds, repeat=REPEAT)
        ratio = median_processor(spent["page"]) / median_processor(spent["floor"])
        yield at_most(5, f"Customers, {number} of them, {name}", ratio, "x floor")
