"""The index of names takes users in as a list: searches are right all the while, and bounded."""

from importlib import import_module

import pytest
from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.models import Value
from django.db.models.functions import MD5, Concat
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts import tasks
from accounts.invariants import violations
from accounts.models import User
from accounts.services import running, searching
from accounts.services.searching import renew_names, tidy_search
from customers import scope
from customers.models import BatchKind, Customer
from customers.scope import NOBODY, PORTAL, ROLES, SUPPORT, TASKS
from customers.services import batches
from tests.accounts.verbs import crowd
from tests.factories import StaffFactory, UserFactory
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

# Of the list, in kB: as written down, and as a test can fill it.
LIMIT, SMALL = 32_768, 512


@pytest.fixture
def by_index(db: None) -> None:
    """So few users are read faster than an index is."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION pageinspect")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")


def waiting() -> int:
    """How many users wait in the list."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_pending_tuples FROM gin_metapage_info(get_raw_page('user_search', 0))"
        )
        [number] = cursor.fetchone()
    return int(number)


def pages() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n_pending_pages FROM gin_metapage_info(get_raw_page('user_search', 0))"
        )
        [number] = cursor.fetchone()
    return int(number)


def found(word: str) -> set[User]:
    """By the index of names, and no other."""
    users = User.objects.filter(search_text__contains=word)
    assert "Bitmap Index Scan on user_search" in users.explain()
    return {user for user in users if user.deleted_at is None}


@pytest.mark.postgres
def test_users_are_found_before_and_after_the_list_is_worked_off(
    cast: Cast, by_index: None
) -> None:
    tidy_search()
    new = UserFactory.create(customer=cast.contoso, display_name="Zebulon Quist")
    assert waiting() > 0
    assert found("zebulon") == {new}
    assert tidy_search() > 0
    assert waiting() == 0
    assert found("zebulon") == {new}
    assert tidy_search() == 0


@pytest.mark.postgres
def test_who_is_deleted_renamed_or_restored_is_found_as_they_are_now(
    cast: Cast, by_index: None
) -> None:
    user = UserFactory.create(customer=cast.contoso, display_name="Zebulon Quist")
    User.objects.filter(pk=user.pk).update(search_text="yolanda quist")
    assert (found("zebulon"), found("yolanda")) == (set(), {user})
    now = timezone.now()
    gone = {"deleted_at": now, "purge_after": now, "username": None, "domain": None}
    User.objects.filter(pk=user.pk).update(**gone)
    assert found("yolanda") == set()
    tidy_search()
    assert (found("zebulon"), found("yolanda")) == (set(), set())


@pytest.mark.postgres
def test_the_list_never_grows_beyond_its_limit(cast: Cast, by_index: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'user_search'")
        [(options,)] = cursor.fetchall()
        assert f"gin_pending_list_limit={LIMIT}" in options
        cursor.execute(f"ALTER INDEX user_search SET (gin_pending_list_limit = {SMALL})")
    tidy_search()
    crowd(cast.contoso, 400)
    sizes = []
    for turn in range(5):
        # Texts as long as names may be, of trigrams that nobody else has.
        text = Concat(*[MD5(Concat("user_name", Value(f"{turn}/{part}"))) for part in range(6)])
        User.objects.filter(customer=cast.contoso).update(search_text=text)
        sizes.append(pages() * 8)
    # What fills it ends the page.
    assert max(sizes) <= SMALL + 8
    assert sorted(sizes) != sizes


@pytest.mark.postgres
def test_tasks_alone_may_work_the_list_off(cast: Cast) -> None:
    with connection.cursor() as cursor:
        query = "SELECT has_function_privilege(%s, 'tidy_search()', 'EXECUTE')"
        allowed = []
        for role in ROLES:
            cursor.execute(query, [role])
            allowed += [role] * cursor.fetchone()[0]
    assert allowed == [PORTAL]
    for other in (NOBODY, SUPPORT):
        with (
            scope.within(other),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            tidy_search()
    UserFactory.create(customer=cast.contoso)
    with scope.within(TASKS):
        assert tidy_search() > 0


@pytest.mark.postgres
def test_the_list_is_worked_off_by_beat_and_once_a_batch_is_committed(
    cast: Cast,
    by_index: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    users = [user.pk for user in crowd(cast.contoso, 3)]
    batch = batches.leave_batch(BatchKind.DELETE, users, actor=cast.alice, customer=cast.contoso)
    with django_capture_on_commit_callbacks(execute=True):
        assert running.run_batch(batch.pk)
        assert waiting() >= 3
    assert waiting() == 0
    UserFactory.create(customer=cast.contoso)
    assert waiting() > 0
    names = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    assert names.count(tasks.tidy_search.name) == 1
    assert tasks.tidy_search() > 0
    assert waiting() == 0


def test_without_such_a_list_there_is_nothing_to_do(cast: Cast) -> None:
    if connection.vendor == "sqlite":
        assert tidy_search() == 0
    else:
        tidy_search()
        assert tidy_search() == 0


def test_names_that_were_written_otherwise_are_renewed_chunk_by_chunk(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "CHUNK", 2)
    users = [UserFactory.create(customer=cast.contoso, first_name=f"Łukasz{n}") for n in range(5)]
    ids = [user.pk for user in users]
    User.objects.filter(pk__in=ids[1:]).update(sort_name="łukasz lind", search_text="łukasz")
    assert User.objects.matching(["lukasz"]).filter(pk__in=ids).count() == 1
    assert renew_names() == 4
    assert User.objects.matching(["lukasz"]).filter(pk__in=ids).count() == 5
    assert violations() == []
    assert renew_names() == 0


def test_names_of_staff_and_of_customers_that_are_open_again_are_renewed(cast: Cast) -> None:
    """As a migration leaves them that comes with another way to fold names."""
    renew_names()
    both = User.objects.filter(pk__in=[cast.alice.pk, cast.uma.pk])
    before = dict(both.values_list("pk", "search_text"))
    both.update(search_text="as before")
    Customer.objects.update(names_sorted_for="")
    assert renew_names() == 2
    assert dict(both.values_list("pk", "search_text")) == before
    assert renew_names() == 0


def test_names_of_before_are_spelled_out_by_the_task_once_a_migration_says_so(cast: Cast) -> None:
    migration = import_module("accounts.migrations.0009_names_spelled_out")
    users = [
        UserFactory.create(display_name="Jörg Müller", customer=cast.contoso),
        StaffFactory.create(display_name="Jörg Müller", partner=cast.fabrikam),
    ]
    ids = [user.pk for user in users]
    renew_names()
    User.objects.filter(pk__in=ids).update(search_text="jorg muller")
    assert renew_names() == 0
    migration.look_again(apps, None)
    assert renew_names() == 2
    assert set(User.objects.matching(["mueller"]).values_list("pk", flat=True)) == set(ids)
