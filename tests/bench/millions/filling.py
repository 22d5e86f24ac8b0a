"""A portal of any size, as it is after a year of work: users, licenses, batches and their log.

The log's seals are of the right events and prove nothing.

Of 500 users a customer and 100 customers a partner. The first customer has a tenth of all users;
the second has as many in databases of any size, so that what a larger database costs can be told
from what a larger customer costs. Users came a hundred at a time, each time a batch with its items
and events, all over the customers and within 52 weeks, till a month ago: that is the order of
the rows. One in thirty of the deleted is due for the purge of this night.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction

from accounts.models import User
from accounts.sorting import sort_key
from customers.models import (
    AuditEvent,
    AuditNames,
    AuditSeal,
    Batch,
    BatchItem,
    Customer,
    Domain,
    Partner,
)
from customers.roles import Role
from licensing.models import LicenseAssignment
from tests.bench.population import (
    CUSTOMER_SEARCH_TEXT,
    CUSTOMER_SIZES,
    PRODUCTS,
    SEARCH_TEXT,
    STAFF,
    SUPPORT,
    TABLES,
    Population,
    add_products,
    bare_tables,
    check_derived,
    count_all,
    insert,
    move_sequences,
    run,
    stage_sizes,
)

LARGEST, ALIKE = 1, 2
PEOPLE_OF_CUSTOMER, CUSTOMERS_OF_PARTNER = 500, 100
WEEKS = 52
GROUPS = User.groups.through
FILLED = (User, GROUPS, LicenseAssignment, Batch, BatchItem, AuditEvent, AuditNames)
# The rest of a partner's users start above all of these.
FIRST_ID = 1_000
# The second partner's account admin, before those of the others.
OTHER_STAFF = 102


@dataclass(frozen=True)
class Portal:
    """So many living users; one in twenty more is deleted. `alike` are the second customer's."""

    users: int
    alike: int

    @property
    def name(self) -> str:
        return f"millions_{self.users}"

    @property
    def customers(self) -> int:
        return max(4, self.users // PEOPLE_OF_CUSTOMER)

    @property
    def largest(self) -> int:
        return self.users // 10

    @property
    def customers_of_partner(self) -> int:
        """Two partners at least, and the first two customers are of the first."""
        return max(2, min(CUSTOMERS_OF_PARTNER, self.customers // 2))

    def population(self) -> Population:
        others = self.customers - 2
        average = sum(CUSTOMER_SIZES) / len(CUSTOMER_SIZES)
        return Population(
            self.name,
            tuple((size, size // 20) for size in (self.largest, self.alike)),
            others=others,
            others_size=(self.users - self.largest - self.alike) / others / average,
        )


def fill(portal: Portal) -> None:
    """Fill a migrated, empty database."""
    connection.ensure_connection()
    run("SET maintenance_work_mem = '1GB'")
    run("SET work_mem = '256MB'")
    with bare_tables(*FILLED):
        stage_sizes(portal.population())
        _stage(portal)
        _add_partners()
        add_products()
        _add_users()
        _add_licenses()
        _add_history()
        count_all()
        _add_staff()
        move_sequences(*TABLES, GROUPS, Batch, BatchItem, AuditEvent, AuditSeal)
    run("DROP VIEW bench_person")
    run("DROP TABLE bench_size, bench_first, bench_last, bench_name, bench_chunk")
    run("VACUUM (FREEZE, ANALYZE)")
    run("CHECKPOINT")
    check_derived()


def _insert(model: type[models.Model], source: str, **expressions: str) -> None:
    """A table emptied in the same transaction needs no log of its rows (wal_level minimal)."""
    with transaction.atomic():
        run(f"TRUNCATE {model._meta.db_table}")
        insert(model, source, **expressions)


def _stage(portal: Portal) -> None:
    """Chunks of a hundred users in an order without rhyme, and the users in that order."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    run("ALTER TABLE bench_size ADD partner int DEFAULT 0, ADD staff int DEFAULT 0")
    run(f"UPDATE bench_size SET partner = (id - 1) / {portal.customers_of_partner} + 1")
    run(f"UPDATE bench_size SET staff = {_staff('partner')}")
    run(
        "CREATE UNLOGGED TABLE bench_chunk AS SELECT *, last - first + 1 AS people,"
        f" {FIRST_ID} + sum(last - first + 1) OVER (ORDER BY n) - last AS before,"
        " CAST(%(now)s AS timestamptz) - interval '1 week' * (%(weeks)s - week)"
        " + interval '10 hours' * (share - week) AS at"
        " FROM (SELECT *, floor(share)::int AS week FROM ("
        "  SELECT n, customer, partner, staff, first, last, deleted,"
        "   (n - 1) * %(weeks)s::float / count(*) OVER () AS share FROM ("
        "   SELECT row_number() OVER (ORDER BY hashint8(id * 100003::bigint + part), id, part)"
        "    AS n, id AS customer, partner, staff, active AS deleted, part * 100 + 1 AS first,"
        "    least(part * 100 + 100, active + deleted) AS last FROM bench_size AS size,"
        "    generate_series(0, (active + deleted - 1) / 100) AS part) AS numbered"
        " ) AS placed) AS dated ORDER BY n",
        {"now": now.replace(hour=6) - timedelta(days=31), "weeks": WEEKS},
    )
    run("VACUUM ANALYZE bench_chunk")
    run(
        "CREATE VIEW bench_person AS SELECT before + k AS id, people.n AS batch, customer, partner,"
        " staff, k, k > deleted AS deleted, k = first_k AS leads, people, at,"
        " at + interval '1 millisecond' * (k % 100) AS added_at,"
        f" CASE WHEN k > deleted THEN '{now.isoformat()}'::timestamptz"
        "  - interval '1 day' * (1 + k % 30) END AS deleted_at,"
        " first.name AS first, last.name AS last,"
        " whole.sorted AS sort_name, first.folded || ' ' || last.folded AS folded_name,"
        " first.folded AS folded_first, last.folded AS folded_last,"
        " first.spelled_out || ' ' || last.spelled_out AS spelled_out,"
        " first.latin || '.' || last.latin || k || '@customer' || customer || '.example'"
        " AS user_name"
        " FROM (SELECT n, customer, partner, staff, deleted, people, at, before,"
        "  bench_chunk.first AS first_k, k FROM bench_chunk,"
        "  generate_series(bench_chunk.first, bench_chunk.last) AS k) AS people"
        " JOIN bench_first AS first ON first.n = (k + k / 100) % (SELECT count(*) FROM bench_first)"
        " JOIN bench_last AS last ON last.n = k % (SELECT count(*) FROM bench_last)"
        " JOIN bench_name AS whole ON whole.first = first.n AND whole.last = last.n"
    )


def _staff(partner: str) -> str:
    """The id of a partner's account admin."""
    return f"CASE WHEN {partner} = 1 THEN {STAFF} ELSE {OTHER_STAFF} - 2 + {partner} END"


def _add_partners() -> None:
    partners = "FROM (SELECT DISTINCT partner FROM bench_size) AS partners"
    insert(
        Partner,
        partners,
        id="partner",
        name="'Partner ' || partner",
        country="'DE'",
        created_at="now()",
    )
    insert(
        Customer,
        "FROM bench_size AS size",
        id="id",
        partner_id="partner",
        name="'Customer ' || md5(id::text)",
        country="'DE'",
        contact_email="'office@' || id || '.example'",
        search_text=CUSTOMER_SEARCH_TEXT,
        created_at="now()",
    )
    domain = {"name": "'customer' || id || '.example'", "is_primary": "true"}
    insert(Domain, "FROM bench_size AS size", id="id", customer_id="id", **domain)
    insert(
        Domain,
        partners,
        id="(SELECT max(id) FROM bench_size) + partner",
        partner_id="partner",
        name="'partner' || partner || '.example'",
        is_primary="true",
    )


def _add_users() -> None:
    _insert(
        User,
        "FROM bench_person",
        id="id",
        # As long as a hash.
        password="'!' || repeat(md5(id::text), 3)",
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
        last_login="CASE WHEN k % 5 <> 0 THEN now() - interval '1 hour' * (k % 2000) END",
        blocked_at="CASE WHEN k % 50 = 7 THEN now() - interval '1 day' END",
        deleted_by_id="CASE WHEN deleted THEN staff END",
        deleted_at="deleted_at",
        purge_after="deleted_at + interval '30 days'",
        changed_by_batch_id="batch",
        added_at="added_at",
    )
    role = Group.objects.get(name=Role.GLOBAL_ADMIN.value).pk
    _insert(
        GROUPS, "FROM bench_person WHERE k % 500 = 1", id="id", user_id="id", group_id=str(role)
    )
    insert(
        Session,
        "FROM bench_person WHERE k % 50 = 3 AND NOT deleted",
        session_key="md5(id::text)",
        session_data="repeat(md5(id::text), 10)",
        expire_date="now() + interval '6 hours'",
    )


def _add_licenses() -> None:
    """From none to three each, as in the other populations; the deleted hold theirs no more."""
    run("CREATE SEQUENCE bench_license")
    _insert(
        LicenseAssignment,
        "FROM bench_person, generate_series(1, k % 4) AS j",
        id="nextval('bench_license')",
        subscription_id=f"(customer - 1) * {len(PRODUCTS)} + (k + j) % {len(PRODUCTS)} + 1",
        user_id="id",
        customer_id="customer",
        services_off="'[]'",
        assigned_at="added_at",
        released_at="deleted_at",
    )
    run("DROP SEQUENCE bench_license")


def _add_history() -> None:
    """That each user was added; what else happened to them would be as many events again."""
    _insert(
        Batch,
        "FROM bench_chunk",
        id="n",
        kind="'create'",
        state="'done'",
        by_id="staff",
        customer_id="customer",
        key="'bench' || n",
        request="'{}'",
        people="'[]'",
        total="people",
        done="people",
        created_at="at",
        started_at="at",
        finished_at="at",
    )
    _insert(
        BatchItem,
        "FROM bench_person",
        id="id",
        batch_id="batch",
        user_id="id",
        before="'{}'",
        after="""'{"added": true}'""",
        outcome="'done'",
    )
    _insert(
        AuditEvent,
        "FROM bench_person",
        id="id",
        at="at",
        partner_id="partner",
        customer_id="customer",
        batch_id="batch",
        stands_for="CASE WHEN leads THEN people END",
        actor_id="staff",
        action="'user.added'",
        target_type="'user'",
        target_id="id",
        changes="'{}'",
    )
    _insert(
        AuditNames,
        "FROM bench_person",
        event_id="id",
        actor="'Alice (alice@partner' || partner || '.example)'",
        target="first || ' ' || last || ' (' || user_name || ')'",
        changes="'{}'",
    )
    _add_seals()


def _add_seals() -> None:
    """One a partner and week, of the right events. Making as many for real would take an hour."""
    insert(
        AuditSeal,
        "FROM (SELECT week, partner, min(at) AS at, sum(people) AS people,"
        "  min(before + first) AS first_id, max(before + last) AS last_id, max(at) AS last_at"
        "  FROM bench_chunk GROUP BY week, partner) AS part",
        id="row_number() OVER (ORDER BY week, partner)",
        number="row_number() OVER (ORDER BY week, partner)",
        partner_id="partner",
        first_id="first_id",
        last_id="last_id",
        count="people",
        last_at="last_at",
        made_at="last_at",
        version="1",
        key_id="'bench'",
        previous="repeat('0', 64)",
        events_hash="repeat('0', 64)",
        names_hash="repeat('0', 64)",
        names_salt="repeat('0', 64)",
        hash="repeat('0', 64)",
    )


def _add_staff() -> None:
    """An account admin a partner, and support staff."""
    insert(
        User,
        "FROM (SELECT DISTINCT partner FROM bench_size) AS partners,"
        " LATERAL (SELECT 'alice@partner' || partner || '.example' AS name) AS alice",
        id=_staff("partner"),
        partner_id="partner",
        domain_id="(SELECT max(id) FROM bench_size) + partner",
        user_name="name",
        username="name",
        display_name="'Alice'",
        sort_name=repr(sort_key("Alice", "")),
        search_text="E'alice\\n' || name",
        password="'!'",
        added_at="now()",
    )
    admin = Group.objects.get(name=Role.ACCOUNT_ADMIN.value).pk
    insert(
        GROUPS,
        "FROM accounts_user WHERE partner_id IS NOT NULL",
        id="id",
        user_id="id",
        group_id=str(admin),
    )
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
        password="'!'",
        added_at="now()",
    )
