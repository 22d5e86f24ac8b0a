"""For good: the purge and Delete permanently."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.invariants import violations
from accounts.models import CredentialSheet, Delivery, MailTo, SavedFilter, Selection, User
from accounts.services.credentials import read_sheet
from accounts.services.users import (
    block_users,
    delete_users,
    purge_due_users,
    purging,
    remove_users,
    reset_passwords,
)
from customers.actions import Action
from customers.errors import AlreadyDone, Refused
from customers.models import AuditEvent, Batch, Customer
from customers.roles import Role
from tests.accounts.signin.second_steps import give_app, sign_in_elsewhere
from tests.accounts.verbs import delete, fresh, restore, subscribe
from tests.api.tokens import token_of
from tests.factories import (
    ApplicationFactory,
    AppSessionFactory,
    CustomerFactory,
    LicenseRequestFactory,
    LicenseRuleFactory,
    ScimLinkFactory,
    SourceFactory,
    UserFactory,
)
from tests.support.cast import Cast
from tests.support.log import Line, log
from uploads.models import Upload, UploadRow


def make_due(*users: User) -> None:
    """Let their time be over, to the second."""
    now = timezone.now()
    ids = [user.pk for user in users]
    User.objects.filter(pk__in=ids).update(deleted_at=now - timedelta(days=30), purge_after=now)


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Every foreign key to a user, as the models have it."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if field.remote_field and field.remote_field.model is User:
                yield model, field.name


def leave_traces(cast: Cast, user: User) -> None:
    """Make one row at least in each table, for each column, that refers to this user."""
    subscribe(cast, "Teams", user)
    now = timezone.now()
    colleague = UserFactory.create(customer=cast.contoso)
    block_users([colleague], customer=cast.contoso, actor=user)
    delete_users([colleague], customer=cast.contoso, actor=user)
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=user).sheet
    Delivery.objects.create(sheet=sheet, to=MailTo.SELF, by=user)
    Delivery.objects.create(sheet=sheet, to=MailTo.USER, user=user)
    read_sheet(sheet, actor=user, action=Action.SHEET_SHOWN)
    Selection.objects.create(token="t", owner=user, customer=cast.contoso)
    SavedFilter.objects.create(owner=user, name="mine")
    upload = Upload.objects.create(customer=cast.contoso, by=user, key="u")
    UploadRow.objects.create(upload=upload, number=1, cells={}, user=user)
    user.allowed_customers.add(cast.contoso)
    give_app(user)
    sign_in_elsewhere(user)
    application = ApplicationFactory.create(partner=cast.fabrikam)
    AppSessionFactory.create(application=application, user=user)
    token_of(user, customers=[cast.contoso])
    source = SourceFactory.create(customer=cast.contoso, made_by=user)
    ScimLinkFactory.create(source=source, user=user)
    LicenseRequestFactory.create(user=user, answered_by=user)
    rule = LicenseRuleFactory.create(customer=cast.contoso, by=user, excepts=[user])
    rule.exceptions.update(by=user)
    for model, field in references():
        if not model._default_manager.filter(**{field: user}).exists():
            _make_up(model, field, user, now)


def _make_up(model: type[models.Model], field: str, user: User, now: Any) -> None:
    """A table that this test does not know by name: the barest row that it takes."""
    values: dict[str, Any] = {field: user}
    for other in model._meta.local_fields:
        if other.name in values or other.has_default() or other.null or other.primary_key:
            continue
        if other.name == "customer":
            values[other.name] = user.customer
        elif isinstance(other, models.ForeignKey):
            values[other.name] = other.remote_field.model._default_manager.first()
        elif (barest := _barest(other, field, now)) is not None:
            values[other.name] = barest
    model._default_manager.create(**values)


def _barest(field: Any, name: str, now: Any) -> Any:
    # A moment is a date, too.
    kinds = (
        (models.DateTimeField, now),
        (models.DateField, now.date()),
        (models.TimeField, now.time()),
        ((models.BooleanField, models.IntegerField), 0),
    )
    made = next((value for kind, value in kinds if isinstance(field, kind)), None)
    is_key = isinstance(field, models.CharField) and field.unique
    return name if is_key else made


# What PostgreSQL looks at in one statement for all rows, and not by a key for each.
BY_TRIGGER = {("automation_keptlicense", "user_id")}


def database_references() -> set[tuple[str, str]]:
    """Every column that refers to the table of users, as the database has it."""
    found = set(BY_TRIGGER) if connection.vendor == "postgresql" else set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            relations: Any = connection.introspection.get_relations(cursor, table)
            found |= {
                (table, column)
                for column, (_c, to, *_r) in relations.items()
                if to == User._meta.db_table
            }
    return found


def test_the_purge_leaves_no_row_that_refers_to_the_user(cast: Cast) -> None:
    leave_traces(cast, cast.gail)
    missing = [
        f"{model.__name__}.{field}"
        for model, field in references()
        if not model._default_manager.filter(**{field: cast.gail}).exists()
    ]
    assert missing == []
    delete(cast, cast.gail)
    make_due(cast.gail)
    assert purge_due_users().removed == 1
    with connection.cursor() as cursor:
        for table, column in database_references():
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [cast.gail.pk])
            assert (table, cursor.fetchone()) == (table, (0,))
        cursor.execute("SELECT count(*) FROM accounts_user WHERE id = %s", [cast.gail.pk])
        assert cursor.fetchone() == (0,)
    connection.check_constraints()
    assert violations() == []


def _has_key(model: type[models.Model], name: str) -> bool:
    field: Any = model._meta.get_field(name)
    return bool(field.db_constraint)


def test_models_and_database_agree_on_who_refers_to_a_user(db: None) -> None:
    columns = {
        (model._meta.db_table, f"{field}_id")  # as Django names the columns of all of them
        for model, field in references()
        # Those that PostgreSQL holds by a wider key have none of their own.
        if connection.vendor == "postgresql" or _has_key(model, field)
    }
    assert columns == database_references()


def test_what_a_user_only_did_stays_without_them(cast: Cast) -> None:
    sheet = reset_passwords([cast.uma], customer=cast.contoso, actor=cast.gail).sheet
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    delete(cast, cast.gail)
    make_due(cast.gail)
    purge_due_users()
    uma = fresh(cast.uma)
    assert uma.blocked_at
    assert uma.blocked_by is None
    assert CredentialSheet.objects.get(pk=sheet.pk).by is None
    assert Batch.objects.filter(by=None).count() == 2


def test_the_log_keeps_the_names_of_the_removed(cast: Cast) -> None:
    block_users([cast.uma], customer=cast.contoso, actor=cast.gail)
    delete(cast, cast.uma, cast.gail)
    deleted_at = User.objects.get(pk=cast.uma.pk).deleted_at
    assert deleted_at
    make_due(cast.uma)
    purge_due_users()
    uma = "Uma (uma@contoso.example)"
    lines = [line for line in log() if line.target == uma]
    assert [(line.action, line.actor) for line in lines] == [
        ("user.blocked", "Gail (gail@contoso.example)"),
        ("user.deleted", "Alice (alice@fabrikam.example)"),
        ("user.removed", ""),
    ]


def test_only_those_whose_time_is_over_go(cast: Cast) -> None:
    due, ahead = UserFactory.create_batch(2, customer=cast.contoso)
    delete(cast, due, ahead)
    make_due(due)
    stranger = UserFactory.create(customer=cast.adatum)
    delete_users([stranger], customer=cast.adatum, actor=cast.charlie)
    make_due(stranger)
    purged = purge_due_users()
    assert (purged.found, purged.removed) == (2, 2)
    left = User.objects.filter(deleted_at__isnull=False)
    assert list(left) == [ahead]
    counters = dict(Customer.objects.values_list("name", "deleted_users"))
    assert counters == {"Contoso": 1, "Northwind": 0, "Adatum": 0}
    assert violations() == []


def test_the_purge_goes_in_chunks(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "PURGE_CHUNK", 2)
    users = UserFactory.create_batch(5, customer=cast.contoso)
    delete(cast, *users)
    make_due(*users)
    seen: list[int] = []
    assert purge_due_users(progress=seen.append).removed == 5
    assert seen == [2, 4, 5]
    assert violations() == []


def test_the_purge_takes_fewer_at_a_time_where_it_holds_its_locks_for_long() -> None:
    pace = purging.Pace(1_000)
    sizes = []
    for number, seconds in ((1_000, 0.9), (500, 0.5), (250, 0.3), (250, 0.05), (3, 0.01), (3, 2)):
        pace.took(number, seconds)
        sizes.append(pace.size)
    assert sizes == [500, 250, 250, 500, 500, 50]
    for _turn in range(9):
        pace.took(pace.size, 0.01)
    assert pace.size == purging.PURGE_CHUNK


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("purge_deleted_users", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_says_in_one_line_what_it_did(cast: Cast) -> None:
    delete(cast, cast.uma)
    make_due(cast.uma)
    assert command("--dry-run") == "1 deleted users would be removed for good.\n"
    assert User.objects.filter(pk=cast.uma.pk).exists()
    assert command() == "1 deleted users were removed for good.\n"
    assert command() == "0 deleted users were removed for good.\n"


def test_delete_permanently_is_at_once_and_in_the_log(cast: Cast) -> None:
    subscribe(cast, "Teams", cast.uma)
    delete(cast, cast.uma)
    deleted_at = User.objects.get(pk=cast.uma.pk).deleted_at
    batch = remove_users([cast.uma], customer=cast.contoso, actor=cast.alice, reason="Asked to")
    assert not User.objects.filter(pk=cast.uma.pk).exists()
    assert deleted_at
    facts = {"deleted_at": deleted_at.isoformat(), "uuid": str(cast.uma.uuid)}
    assert log()[-1] == Line("user.removed", "Uma (uma@contoso.example)", facts)
    assert AuditEvent.objects.latest("pk").reason == "Asked to"
    assert (batch.done, batch.failed, batch.total) == (1, 0, 1)
    assert violations() == []


def test_the_living_are_left_out_of_delete_permanently(cast: Cast) -> None:
    delete(cast, cast.uma, cast.gail)
    restore(cast, cast.uma)
    batch = remove_users([cast.uma, cast.gail], customer=cast.contoso, actor=cast.alice)
    assert batch.items.get().reason == "Uma has been restored."
    assert (batch.done, batch.failed, batch.total) == (1, 1, 2)
    with pytest.raises(Refused, match="Uma has been restored"):
        remove_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    assert fresh(cast.uma).is_active
    assert violations() == []


@pytest.mark.parametrize("role", [Role.USER_ADMIN, Role.PASSWORD_ADMIN, Role.LICENSE_ADMIN])
def test_a_limited_administrator_deletes_nobody_permanently(cast: Cast, role: Role) -> None:
    admin = UserFactory.create(customer=cast.contoso, roles=[role])
    delete(cast, cast.uma)
    with pytest.raises(Refused, match="Your role can't do this"):
        remove_users([cast.uma], customer=cast.contoso, actor=admin)


def test_the_same_key_removes_once(cast: Cast) -> None:
    delete(cast, cast.uma)
    first = remove_users([cast.uma], customer=cast.contoso, actor=cast.alice, key="form-1")
    with pytest.raises(AlreadyDone) as caught:
        remove_users([cast.uma], customer=cast.contoso, actor=cast.alice, key="form-1")
    assert caught.value.batch == first


def test_users_of_many_customers_are_purged_together(cast: Cast) -> None:
    """A night's due are a few of each of very many customers."""

    def purge(customers: Sequence[Customer]) -> int:
        users = []
        for customer in customers:
            own = UserFactory.create_batch(2, customer=customer)
            actor = cast.charlie if customer == cast.adatum else cast.alice
            delete_users(own, customer=customer, actor=actor)
            users += own
        make_due(*users)
        with CaptureQueriesContext(connection) as queries:
            assert purge_due_users().removed == len(users)
        return len(queries)

    few = [cast.contoso, cast.northwind]
    many = [*few, cast.adatum, *CustomerFactory.create_batch(3, partner=cast.fabrikam)]
    assert purge(few) == purge(many)
    assert violations() == []
    removed = AuditEvent.objects.filter(action=Action.USER_REMOVED)
    owners = removed.order_by("customer").values_list("customer", "partner").distinct()
    assert set(owners) == {(customer.pk, customer.partner_id) for customer in many}
