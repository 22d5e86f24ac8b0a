"""A million users in one go: rows made in the database itself, indexes built at the end.

Every rule of the database holds afterwards, and the derived columns are those of
accounts.names, which the last step proves on a sample.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, models
from django.db.models import NOT_PROVIDED

from accounts.models import User
from accounts.sorting import sort_key
from customers.folding import fold, spelled_out
from customers.models import Customer, Domain, Partner
from customers.roles import Role
from licensing.models import LicenseAssignment, Product, ServicePlan, Subscription
from tests.bench.names import FIRST_NAMES, LAST_NAMES, pairs

PRODUCTS = (
    "Business Basic",
    "Business Premium",
    "Enterprise Mobility and Security E3",
    "Office Apps for enterprise",
    "Project Plan 3",
    "Power Pro Analytics",
)
PARTNER, STAFF, SUPPORT = 1, 2, 3
CUSTOMER_SIZES = (3, 10, 40, 150, 300, 600, 900, 1_600)
TABLES = (Partner, Customer, Domain, Product, ServicePlan, Subscription, User, LicenseAssignment)


@dataclass(frozen=True)
class Population:
    """Customers 1, 2, … with the given numbers of living and deleted users, then `others`.

    Everyone holds `licenses` of the products in turn (None: from none to three), the deleted
    until their deletion. `due` says that the time to restore the deleted is over.
    """

    name: str
    sizes: tuple[tuple[int, int], ...]
    others: int = 0
    others_size: float = 1.0
    licenses: int | None = None
    spread: int = len(PRODUCTS)
    due: bool = False

    def customers(self) -> list[tuple[int, int]]:
        small = [max(1, round(size * self.others_size)) for size in CUSTOMER_SIZES]
        rest = itertools.islice(itertools.cycle(small), self.others)
        return [*self.sizes, *((size, size // 20) for size in rest)]


def fill(population: Population) -> None:
    """Fill a migrated, empty database."""
    connection.ensure_connection()
    run("SET maintenance_work_mem = '512MB'")
    run("SET work_mem = '256MB'")
    with bare_tables(User, LicenseAssignment):
        stage_sizes(population)
        _add_customers()
        add_products()
        _add_users(population)
        _add_licenses(population)
        count_all()
        _add_staff()
        move_sequences(*TABLES, User.groups.through)
    run("DROP TABLE bench_size, bench_first, bench_last, bench_name, bench_person")
    run("VACUUM ANALYZE")
    run("CHECKPOINT")
    check_derived()


def run(statement: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def insert(model: type[models.Model], source: str, **expressions: str) -> None:
    """INSERT … SELECT of the given expressions by column; other columns get their default."""
    columns = {
        str(item.column): expressions.pop(str(item.column), "") or _default(item)
        for item in model._meta.concrete_fields
        # What the database itself gives it gives here as well.
        if str(item.column) in expressions or not item.has_db_default()
    }
    assert not expressions, f"{model.__name__} has no {', '.join(expressions)}"
    names, values = ", ".join(f'"{name}"' for name in columns), ", ".join(columns.values())
    run(f"INSERT INTO {model._meta.db_table} ({names}) SELECT {values} {source}")


def _default(item: "models.Field[Any, Any]") -> str:
    if item.default is NOT_PROVIDED or callable(item.default):
        return "NULL" if item.null else "''"
    if isinstance(item.default, bool | int):
        return str(item.default)
    return f"'{item.default}'"


@contextmanager
def bare_tables(*filled: type[models.Model]) -> Iterator[None]:
    """Without indexes and foreign keys, which come back at the end and check every row then."""
    tables = [model._meta.db_table for model in filled]
    foreign = rows(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype"
        " FROM pg_constraint WHERE contype IN ('f', 'u') AND"
        " (conrelid = ANY (%(tables)s::regclass[]) OR confrelid = ANY (%(tables)s::regclass[]))"
        " ORDER BY contype",
        {"tables": tables},
    )
    for table, name, _definition, _kind in foreign:
        run(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = rows(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary",
        [tables],
    )
    for name, _definition in indexes:
        run(f"DROP INDEX {name}")
    yield
    for _name, definition in indexes:
        run(definition)
    for table, name, definition, _kind in sorted(foreign, key=lambda row: row[3], reverse=True):
        run(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


# As accounts.names.search_text: hyphens and apostrophes do not count.
SEARCH_TEXT = (
    "concat_ws(E'\\n', folded_name, translate(user_name, '''-', ''), folded_first, folded_last,"
    " nullif(spelled_out, folded_name))"
)


# As customers.folding.customer_search_text.
CUSTOMER_SEARCH_TEXT = "'customer ' || md5(id::text) || E'\\n' || 'customer' || id || '.example'"


def stage_sizes(population: Population) -> None:
    run("CREATE TABLE bench_size (id int PRIMARY KEY, active int, deleted int)")
    run(
        "CREATE TABLE bench_first"
        " (n int PRIMARY KEY, name text, folded text, spelled_out text, latin text)"
    )
    run("CREATE TABLE bench_last (LIKE bench_first INCLUDING ALL)")
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO bench_size VALUES (%s, %s, %s)",
            [(pk, *size) for pk, size in enumerate(population.customers(), 1)],
        )
        for table, names in (("bench_first", FIRST_NAMES), ("bench_last", LAST_NAMES)):
            cursor.executemany(
                f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s)",
                [
                    (n, name, fold(name), fold(spelled_out(name)), latin)
                    for n, (name, latin) in enumerate(pairs(names))
                ],
            )
        run("CREATE TABLE bench_name (first int, last int, sorted text, PRIMARY KEY (first, last))")
        cursor.executemany(
            "INSERT INTO bench_name VALUES (%s, %s, %s)",
            [
                (one, other, sort_key(f"{first} {last}", "DE"))
                for one, (first, _latin) in enumerate(pairs(FIRST_NAMES))
                for other, (last, _latin) in enumerate(pairs(LAST_NAMES))
            ],
        )


def _add_customers() -> None:
    insert(Partner, "", id=str(PARTNER), name="'Fabrikam'", country="'DE'", created_at="now()")
    insert(
        Customer,
        "FROM bench_size AS size",
        id="id",
        partner_id=str(PARTNER),
        name="'Customer ' || md5(id::text)",
        country="'DE'",
        contact_email="'office@' || id || '.example'",
        search_text=CUSTOMER_SEARCH_TEXT,
        created_at="now()",
    )
    domain = {"name": "'customer' || id || '.example'", "is_primary": "true"}
    insert(Domain, "FROM bench_size AS size", id="id", customer_id="id", **domain)
    staff = "(SELECT max(id) + 1 FROM bench_size)"
    insert(
        Domain,
        "",
        id=staff,
        partner_id=str(PARTNER),
        name="'fabrikam.example'",
        is_primary="true",
    )


def add_products() -> None:
    names = "FROM unnest(%s) WITH ORDINALITY AS product (name, n)"
    literal = "ARRAY[" + ", ".join(f"'{name}'" for name in PRODUCTS) + "]"
    source = names.replace("%s", literal)
    insert(Product, source, id="n", sku="'SKU' || n", name="name", blocked_countries="'[]'")
    insert(
        ServicePlan,
        f"{source}, generate_series(1, 5) AS plan",
        id="(n - 1) * 5 + plan",
        product_id="n",
        code="'PLAN' || plan",
        name="'Service ' || plan",
    )
    per_customer = len(PRODUCTS)
    insert(
        Subscription,
        f"FROM bench_size AS size, generate_series(1, {per_customer}) AS product",
        id=f"(size.id - 1) * {per_customer} + product",
        customer_id="size.id",
        product_id="product",
        quantity="size.active * 2 + 100",
        status="'active'",
        starts_on="current_date - 200",
        renews_on="current_date + 165",
    )


def _add_users(population: Population) -> None:
    """Added a hundred at a time, in an order without rhyme: customers grow side by side."""
    run(
        "CREATE UNLOGGED TABLE bench_person AS SELECT"
        " row_number() OVER (ORDER BY hashint8(size.id * 100003::bigint + k / 100), k) + 1000"
        " AS id,"
        " size.id AS customer, k, k > size.active AS deleted,"
        " first.name AS first, last.name AS last,"
        " whole.sorted AS sort_name, first.folded || ' ' || last.folded AS folded_name,"
        " first.folded AS folded_first, last.folded AS folded_last,"
        " first.spelled_out || ' ' || last.spelled_out AS spelled_out,"
        " first.latin || '.' || last.latin || k || '@customer' || size.id || '.example'"
        " AS user_name"
        " FROM bench_size AS size CROSS JOIN LATERAL generate_series(1, active + deleted) AS k"
        " JOIN bench_first AS first ON first.n = (k + k / 100) % (SELECT count(*) FROM bench_first)"
        " JOIN bench_last AS last ON last.n = k % (SELECT count(*) FROM bench_last)"
        " JOIN bench_name AS whole ON whole.first = first.n AND whole.last = last.n"
    )
    days = "(interval '1 day' * (1 + k % 20))"
    over = "interval '-1 hour'" if population.due else "interval '30 days' - " + days
    insert(
        User,
        "FROM bench_person ORDER BY id",
        id="id",
        password="'!' || md5(id::text)",
        customer_id="customer",
        domain_id="CASE WHEN NOT deleted THEN customer END",
        user_name="user_name",
        username="CASE WHEN NOT deleted THEN user_name END",
        first_name="first",
        last_name="last",
        display_name="first || ' ' || last",
        sort_name="sort_name",
        search_text=SEARCH_TEXT,
        usage_location="'DE'",
        country="'DE'",
        job_title="'Consultant'",
        department="'Department ' || k % 30",
        city="'Berlin'",
        must_change_password="k % 10 = 0",
        temporary_password_set_at=(
            "CASE WHEN k % 10 = 0 THEN now() - interval '1 day' * (k / 10 % 15) END"
        ),
        last_login="CASE WHEN k % 5 <> 0 THEN now() - interval '1 hour' * (k * 17 % 2000) END",
        blocked_at="CASE WHEN k % 50 = 7 THEN now() - interval '9 days' END",
        deleted_by_id=f"CASE WHEN deleted THEN {STAFF} END",
        deleted_at=f"CASE WHEN deleted THEN date_trunc('hour', now()) - {days} END",
        purge_after=f"CASE WHEN deleted THEN now() + {over} END",
        added_at="now() - interval '3 years' + interval '1 minute' * id",
    )
    _add_administrators()


def _add_administrators() -> None:
    role = Group.objects.get(name=Role.GLOBAL_ADMIN.value).pk
    insert(
        User.groups.through,
        "FROM bench_person WHERE k % 500 = 1",
        id="id",
        user_id="id",
        group_id=str(role),
    )


def _add_licenses(population: Population) -> None:
    number = "k % 4" if population.licenses is None else str(population.licenses)
    insert(
        LicenseAssignment,
        f"FROM bench_person JOIN accounts_user AS person USING (id), generate_series(1, {number})"
        " AS j ORDER BY id",
        id="row_number() OVER (ORDER BY id)",
        subscription_id=f"(customer - 1) * {len(PRODUCTS)} + (k + j) % {population.spread} + 1",
        user_id="id",
        customer_id="customer",
        services_off="'[]'",
        assigned_at="person.added_at",
        released_at="person.deleted_at",
    )


def count_all() -> None:
    run(
        "UPDATE licensing_subscription AS target SET assigned = found.number FROM"
        " (SELECT subscription_id, count(*) AS number FROM licensing_licenseassignment"
        " WHERE released_at IS NULL GROUP BY 1) AS found WHERE found.subscription_id = target.id"
    )
    run(
        "UPDATE customers_customer AS target SET active_users = active, deleted_users = deleted"
        " FROM bench_size AS size WHERE size.id = target.id"
    )


def _add_staff() -> None:
    """An account admin who looks at the pages, and support staff for stock's admin."""
    names = {"password": "'!'", "added_at": "now()"}
    insert(
        User,
        "",
        id=str(STAFF),
        partner_id=str(PARTNER),
        domain_id="(SELECT max(id) FROM customers_domain)",
        user_name="'alice@fabrikam.example'",
        username="'alice@fabrikam.example'",
        display_name="'Alice'",
        sort_name=repr(sort_key("Alice", "")),
        search_text="E'alice\\nalice@fabrikam.example'",
        **names,
    )
    admin = Group.objects.get(name=Role.ACCOUNT_ADMIN.value).pk
    insert(User.groups.through, "", id="1", user_id=str(STAFF), group_id=str(admin))
    insert(
        User,
        "",
        id=str(SUPPORT),
        is_staff="true",
        is_superuser="true",
        user_name="'support@portal.example'",
        username="'support@portal.example'",
        display_name="'Support'",
        sort_name=repr(sort_key("Support", "")),
        search_text="E'support\\nsupport@portal.example'",
        **names,
    )


def move_sequences(*filled: type[models.Model]) -> None:
    for model in filled:
        table = model._meta.db_table
        run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def check_derived() -> None:
    """The columns that services fill, against the service's own rule, on a sample."""
    names = ("username", "sort_name", "search_text")
    for user in User.objects.order_by("sort_name", "id")[: 64 * 100 * 3 : 97]:
        stored = [getattr(user, name) for name in names]
        user.fill_derived()
        assert stored == [getattr(user, name) for name in names], user.user_name
