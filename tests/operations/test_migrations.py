"""The version before goes on working on the new tables: a migration adds, and takes later.

One that does not says why that is safe, in BREAKS_THE_VERSION_BEFORE at the top of its file.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module

import pytest
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.models.fields import NOT_PROVIDED

from tests.operations import held_migrations
from tests.support.house import APPS

pytestmark = pytest.mark.once

# The last migration of each app in the first version that someone will run.
RELEASED = {"customers": 2, "licensing": 2, "accounts": 3, "uploads": 2, "applications": 2}
# They came later, with all that they have.
RELEASED |= {"api": 0, "automation": 0}
TAKES = (
    operations.AlterModelTable,
    operations.DeleteModel,
    operations.RemoveField,
    operations.RenameField,
    operations.RenameModel,
)


def problems(operation: Operation) -> Iterator[str]:
    """What a process of the version before would stumble over."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        for inner in operation.database_operations:
            yield from problems(inner)
    elif isinstance(operation, TAKES):
        yield operation.describe()
    elif isinstance(operation, operations.AddField) and _is_demanded(operation.field):
        yield f"{operation.describe()}: it inserts rows without this column"


def _is_demanded(field: models.Field[object, object]) -> bool:
    return not (
        field.null or field.many_to_many or field.db_default is not NOT_PROVIDED or field.generated
    )


def test_new_migrations_only_add() -> None:
    found = {
        f"{app}.{name}": told
        for (app, name), migration in MigrationLoader(None).disk_migrations.items()
        if app in APPS
        and int(name.split("_")[0]) > RELEASED[app]
        and not _says_why(app, name)
        and (told := [text for each in _later(migration.operations) for text in problems(each)])
    }
    assert found == {}


def _later(steps: Sequence[Operation]) -> list[Operation]:
    """Without the fields that complete a table of the same migration, which nobody writes yet."""
    new = {step.name_lower for step in steps if isinstance(step, operations.CreateModel)}
    return [
        step
        for step in steps
        if not (isinstance(step, operations.AddField) and step.model_name_lower in new)
    ]


def _says_why(app: str, name: str) -> bool:
    module = import_module(f"{app}.migrations.{name}")
    return bool(getattr(module, "BREAKS_THE_VERSION_BEFORE", ""))


@pytest.mark.parametrize(
    "operation, safe",
    [
        (operations.AddField("user", "note", models.TextField(null=True)), True),
        (operations.AddField("user", "note", models.TextField(db_default="")), True),
        (operations.AddField("user", "note", models.TextField(default="")), False),
        (operations.RemoveField("user", "note"), False),
        (operations.RenameField("user", "note", "notes"), False),
        (operations.RunSQL("SELECT 1"), True),
        (
            operations.SeparateDatabaseAndState(
                state_operations=[operations.RemoveField("user", "note")]
            ),
            True,
        ),
    ],
)
def test_the_walk_tells_what_the_version_before_stumbles_over(
    operation: Operation,
    safe: bool,  # noqa: FBT001
) -> None:
    assert (list(problems(operation)) == []) is safe


def test_migrations_are_as_they_may_have_been_applied() -> None:
    assert held_migrations.problems(held_migrations.written(), held_migrations.found()) == []


def test_a_changed_and_a_lost_migration_are_told_to_come_back_and_a_new_one_to_be_held() -> None:
    held = {"a/0001.py": "1", "a/0002.py": "2", "a/0003.py": "3"}
    there = {"a/0001.py": "1", "a/0002.py": "other", "a/0004.py": "4"}
    changed, gone, new = held_migrations.problems(held, there)
    assert changed.startswith("a/0002.py was changed, and may have been applied: put it back")
    assert "add a new migration" in changed
    assert gone.startswith("a/0003.py is gone")
    assert new == "a/0004.py is new: hold it by python -m tests.operations.held_migrations"
