"""PostgreSQL keeps partners apart where the code does not: no scope of the code's is in the way."""

import re
from dataclasses import replace
from http import HTTPStatus

import psycopg
import pytest
from allauth.account.utils import user_pk_to_url_str
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.signin.lookup import scope_of, user_named, user_of_id
from accounts.signin.middleware import AdmissionMiddleware
from customers import scope
from customers.models import Customer, CustomerQuerySet
from customers.scope import NOBODY, PEOPLE, SUPPORT, TASKS, Scope
from licensing.models import Product
from tests.access.test_access import IN_CUSTOMER, SHEETS
from tests.factories import ProductFactory, ScheduleFactory, SubscriptionFactory
from tests.support.access import World, address, signed_in
from tests.support.cast import Cast
from tests.support.neighbors import (
    Neighbors,
    Rows,
    copy_of,
    primary_keys,
    seen,
    settle,
    tables,
    write,
)
from tests.support.pages import names

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

# Tables that need no policy: what is in them belongs to nobody, or is found by a secret alone.
SHARED = {
    "auth_group": "the roles by name",
    "auth_group_permissions": "what support staff may do, by group",
    "auth_permission": "Django's",
    "customers_auditcount": "hidden from requests, as a whole",
    "customers_auditseal": "hidden from partners and customers, as a whole",
    "customers_follower": "hidden from requests, as a whole",
    "django_content_type": "Django's",
    "django_migrations": "Django's",
    "django_session": "closed to requests; a function finds one by the secret in the cookie",
}
# What a list of one customer's users reads.
LISTED = {
    "accounts_user",
    "accounts_user_groups",
    "licensing_licenseassignment",
    "licensing_subscription",
}
# A request adds lines to the log, and changes none.
LOG = {"customers_auditevent", "customers_auditnames"}


@pytest.fixture
def neighbors(cast: Cast) -> Neighbors:
    return settle(cast)


def of(user: User) -> Scope:
    found = user_of_id(user.pk)
    assert found is not None
    return scope_of(found)


def common(one: Rows, other: Rows) -> Rows:
    """Which rows of a table are in both, for tables where there are any."""
    return {table: both for table, ids in one.items() if (both := ids & other[table])}


def missing(wanted: Rows, shown: Rows) -> Rows:
    return {table: lost for table, ids in wanted.items() if (lost := ids - shown[table])}


def test_every_table_has_a_policy_or_is_known_to_need_none() -> None:
    assert {name for name, is_protected in tables().items() if not is_protected} == SHARED.keys()


def test_the_neighbors_have_rows_in_every_protected_table(neighbors: Neighbors) -> None:
    assert [table for table, ids in neighbors.adatum.items() if not ids] == []


def test_a_partners_staff_see_all_of_their_customers_and_nothing_of_the_neighbor(
    cast: Cast, neighbors: Neighbors
) -> None:
    for user in (cast.alice, cast.bob, cast.sally):
        shown = seen(of(user))
        assert common(shown, neighbors.adatum) == {}
        assert missing(neighbors.contoso, shown) == missing(neighbors.northwind, shown) == {}


def test_staff_limited_to_a_customer_see_nothing_of_the_neighbor(
    cast: Cast, neighbors: Neighbors
) -> None:
    cast.bob.limited_to_customers = True
    cast.bob.save(update_fields=["limited_to_customers"])
    cast.bob.allowed_customers.add(cast.contoso, cast.adatum)
    assert common(seen(of(cast.bob)), neighbors.adatum) == {}


def test_the_neighbor_sees_the_own_rows_alone(cast: Cast, neighbors: Neighbors) -> None:
    shown = seen(of(cast.charlie))
    assert missing(neighbors.adatum, shown) == {}
    assert common(shown, neighbors.contoso) == common(shown, neighbors.northwind) == {}


def test_a_customers_users_see_their_customer_alone(cast: Cast, neighbors: Neighbors) -> None:
    for user in (cast.gail, cast.uma):
        shown = seen(of(user))
        assert common(shown, neighbors.adatum) == common(shown, neighbors.northwind) == {}
        # The partner's staff have names for them, as who did what.
        assert cast.alice.pk in shown["accounts_user"]
    assert missing(neighbors.contoso, seen(of(cast.gail))) == {}


def test_a_stranger_sees_nothing(neighbors: Neighbors) -> None:
    assert {table: ids for table, ids in seen(NOBODY).items() if ids} == {}


def test_support_staff_and_tasks_see_everything(neighbors: Neighbors) -> None:
    assert seen(SUPPORT) == seen(TASKS) == seen(None)


def test_a_page_about_a_customer_shows_nothing_that_is_not_shown_anyhow(
    cast: Cast, neighbors: Neighbors
) -> None:
    for user in (cast.alice, cast.gail, cast.charlie):
        whole = seen(of(user))
        for customer in (cast.contoso, cast.northwind, cast.adatum):
            assert seen(replace(of(user), at=customer.pk)) == whole


def test_a_list_shows_the_customers_users_and_nothing_else(
    cast: Cast, neighbors: Neighbors
) -> None:
    def listed(user: User, customer: Customer) -> Rows:
        narrow = replace(of(user), role=PEOPLE, at=customer.pk)
        found = {}
        for table, key in primary_keys().items():
            with scope.within(narrow), connection.cursor() as cursor:
                try:
                    with transaction.atomic():
                        cursor.execute(f"SELECT {key} FROM {table}")
                except ProgrammingError:
                    continue
                found[table] = {pk for (pk,) in cursor.fetchall()}
        return found

    shown = listed(cast.alice, cast.contoso)
    assert shown.keys() == LISTED
    assert missing({table: neighbors.contoso[table] for table in LISTED}, shown) == {}
    assert common(shown, neighbors.adatum) == common(shown, neighbors.northwind) == {}
    for user, customer in ((cast.alice, cast.adatum), (cast.charlie, cast.contoso)):
        assert listed(user, customer) == {table: set() for table in LISTED}


@pytest.mark.parametrize("who", ["alice", "gail"])
@pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
def test_a_neighbors_rows_cannot_be_changed_or_deleted(
    cast: Cast, neighbors: Neighbors, who: str, verb: str
) -> None:
    whose = of(getattr(cast, who))
    written: dict[str, int | str] = {}
    for table, key in primary_keys().items():
        what = f"UPDATE {table} SET {key} = {key}" if verb == "UPDATE" else f"DELETE FROM {table}"
        try:
            with transaction.atomic():
                ids = list(neighbors.adatum[table])
                written[table] = write(whose, f"{what} WHERE {key} = ANY (%s)", [ids])
        except ProgrammingError as error:
            written[table] = str(error).splitlines()[0]
    refused = {table: f"permission denied for table {table}" for table in LOG}
    assert written == dict.fromkeys(primary_keys(), 0) | refused


@pytest.mark.parametrize("who", ["alice", "gail", None])
def test_no_row_can_be_added_for_a_neighbor(
    cast: Cast, neighbors: Neighbors, who: str | None
) -> None:
    whose, answers = of(getattr(cast, who)) if who else NOBODY, {}
    for table, key in primary_keys().items():
        statement = copy_of(table, key, min(neighbors.adatum[table]))
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            write(whose, *statement)
        answers[table] = str(refused.value).strip()
    answers = {
        table: said.replace('policy "adding" for', "policy for") for table, said in answers.items()
    }
    assert answers == {
        table: f'new row violates row-level security policy for table "{table}"'
        for table in primary_keys()
    }


def test_no_row_can_be_moved_to_a_neighbor(cast: Cast, neighbors: Neighbors) -> None:
    moved = {}
    for table in ("customers_batch", "accounts_user", "uploads_upload", "licensing_subscription"):
        move = f"UPDATE {table} SET customer_id = %s WHERE id = ANY (%s)"
        with pytest.raises(ProgrammingError) as refused, transaction.atomic():
            write(of(cast.alice), move, [cast.adatum.pk, list(neighbors.contoso[table])])
        moved[table] = "row-level security" in str(refused.value)
    assert set(moved.values()) == {True}


def test_what_all_partners_sell_is_seen_by_each_and_written_by_none(cast: Cast) -> None:
    office = ProductFactory.create(plans=["MAIL"], requires=[ProductFactory.create()])
    own = ProductFactory.create(partner=cast.fabrikam, plans=["BOARD"])
    for user in (cast.alice, cast.charlie, cast.gail):
        with scope.within(of(user)):
            assert office in Product.objects.all()
            assert (own in Product.objects.all()) is (user == cast.alice)
    for statement in (
        "UPDATE licensing_product SET name = name WHERE id = %s",
        "DELETE FROM licensing_product WHERE id = %s",
        "DELETE FROM licensing_serviceplan WHERE product_id = %s",
        "DELETE FROM licensing_product_requires WHERE from_product_id = %s",
    ):
        assert write(of(cast.alice), statement, [office.pk]) == 0
    added = "INSERT INTO licensing_serviceplan (product_id, code, name) VALUES (%s, 'X', 'X')"
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        write(of(cast.alice), added, [office.pk])
    assert write(of(cast.alice), added, [own.pk]) == 1
    # A customer sees it once it has it, and writes nothing of it.
    SubscriptionFactory.create(customer=cast.contoso, product=own)
    with scope.within(of(cast.gail)):
        assert own in Product.objects.all()
    renamed = "UPDATE licensing_product SET name = 'Mine' WHERE id = %s"
    assert write(of(cast.gail), renamed, [own.pk]) == 0
    assert write(of(cast.alice), renamed, [own.pk]) == 1


def test_no_customer_gets_a_product_of_another_partner(cast: Cast) -> None:
    own = ProductFactory.create(partner=cast.fabrikam)
    with pytest.raises(IntegrityError, match="of another partner"), transaction.atomic():
        SubscriptionFactory.create(customer=cast.adatum, product=own)
    with pytest.raises(IntegrityError, match="stays whose it is"), transaction.atomic():
        Product.objects.filter(pk=own.pk).update(partner=cast.litware)


@pytest.fixture
def without_scope_in_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if `visible_to` had been forgotten."""
    monkeypatch.setattr(CustomerQuerySet, "visible_to", lambda customers, _user: customers)


def test_without_scope_in_code_no_page_finds_a_neighbor(
    world: World, without_scope_in_code: None
) -> None:
    pages = [name for name in names() if name in {*IN_CUSTOMER, *SHEETS}]
    adatum = world.cast.adatum
    others = {"customer": adatum.pk, "schedule": ScheduleFactory.create(customer=adatum).pk}
    for user in (world.cast.alice, world.cast.gail):
        client = signed_in(user)
        found = {name: client.get(address(name, world, **others)).status_code for name in pages}
        assert found == dict.fromkeys(pages, HTTPStatus.NOT_FOUND)
    # Whose customer it is finds it.
    own = address("accounts:user-list", world, customer=world.cast.adatum.pk)
    assert signed_in(world.cast.charlie).get(own).status_code == HTTPStatus.OK


def test_without_scope_in_code_the_lists_name_no_neighbor(
    world: World, without_scope_in_code: None
) -> None:
    client = signed_in(world.cast.alice)
    listed = client.get("/customers/").content.decode()
    assert ("Contoso" in listed, "Adatum" in listed) == (True, False)
    for name in ("accounts:customer-attention", "accounts:batch-list", "accounts:month-report"):
        assert "Adatum" not in client.get(address(name, world)).content.decode()


def test_after_a_request_the_test_itself_sees_everything(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    client.get("/customers/")
    assert set(Customer.objects.all()) == {cast.contoso, cast.northwind, cast.adatum}
    assert scope.current() is None


def test_a_user_is_looked_up_by_one_function_alone(cast: Cast) -> None:
    with scope.within(NOBODY):
        assert not User.objects.exists()
        assert user_named("ALICE@fabrikam.example") == cast.alice
        assert user_of_id(cast.gail.pk) == cast.gail
        assert user_named("nobody@fabrikam.example") is user_of_id(0) is None
        found = user_of_id(cast.gail.pk)
        assert found is not None
        assert [role.value for role in found.roles] == ["Global administrator"]


def test_whose_rows_a_user_sees(cast: Cast) -> None:
    fabrikam, contoso = cast.fabrikam.pk, cast.contoso.pk
    assert of(cast.alice) == Scope("portal_web", partner=fabrikam)
    assert of(cast.gail) == Scope("portal_web", partner=fabrikam, customer=contoso, at=contoso)
    assert of(cast.support) == SUPPORT
    # As a form has them, whose query tells no partner of the customer.
    assert scope_of(User.objects.get(pk=cast.gail.pk)) == of(cast.gail)


def test_an_answer_that_is_written_while_it_is_read_keeps_its_scope(cast: Cast) -> None:
    with scope.within(of(cast.charlie)):
        parts = scope.each_within(list(Customer.objects.all()) for _part in range(2))
    assert list(parts) == [[cast.adatum], [cast.adatum]]
    assert scope.current() is None


def test_no_request_of_a_partner_reads_or_writes_a_seal(cast: Cast) -> None:
    for statement in ("SELECT 1 FROM customers_auditseal", "DELETE FROM customers_auditseal"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            write(of(cast.alice), statement, [])


def test_a_search_under_a_policy_goes_by_the_index(cast: Cast) -> None:
    def plan() -> str:
        with scope.within(of(cast.alice)):
            return User.objects.filter(search_text__contains="lind ada7").explain()

    by_index = re.compile(r"on user_search .*\n +Index Cond: \(search_text ~~ '%lind ada7%'")
    with connection.cursor() as cursor:
        # So few users are read faster than an index is.
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert by_index.search(plan())
        cursor.execute("ALTER FUNCTION pg_catalog.textlike(text, text) NOT LEAKPROOF")
        assert not by_index.search(plan())


def test_a_search_for_customers_goes_by_its_index_and_their_users_do_not_write_it(
    cast: Cast,
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
    for someone in (of(cast.alice), SUPPORT):
        with scope.within(someone):
            plan = Customer.objects.order_by("pk").matching("conto").explain()
        assert re.search(r"on customer_search .*\n +Index Cond: .*search_text ~~ '%conto%'", plan)
    statement = "UPDATE customers_customer SET search_text = 'x' WHERE id = %s"
    assert write(of(cast.alice), statement, [cast.contoso.pk]) == 1
    with pytest.raises(ProgrammingError, match="changed by its partner"), transaction.atomic():
        write(of(cast.gail), statement, [cast.contoso.pk])


def test_between_password_and_second_step_it_is_the_users_scope(cast: Cast) -> None:
    shown: list[object] = []

    def page(request: HttpRequest) -> HttpResponse:
        shown.append(scope.current())
        return HttpResponse()

    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    gail = user_pk_to_url_str(cast.gail)
    for waiting in ({}, {"user_pk": gail}, {"user_pk": "0"}, {"user_pk": None}):
        request.session["account_login"] = waiting
        with scope.within(NOBODY):
            AdmissionMiddleware(page)(request)
    assert shown == [NOBODY, of(cast.gail), NOBODY, NOBODY]


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_lost_after_the_last_read_costs_no_answer(cast: Cast) -> None:
    with scope.within(of(cast.charlie)):
        assert list(Customer.objects.all()) == [cast.adatum]
        pid = connection.connection.info.backend_pid
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    # As Django does at the end of each request.
    connection.close_if_unusable_or_obsolete()
    with scope.within(of(cast.charlie)):
        assert list(Customer.objects.all()) == [cast.adatum]
