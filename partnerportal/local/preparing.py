"""The step of `make run` that brings the database up to date and fills an empty one.

`python -m partnerportal.local.preparing SIGN_INS CLIENT URL`: the demo's sign-ins go into the first
file, into the second what its Team Chat at this address signs in with, each readable by its owner
alone; where there is no second file afterwards, there is no Team Chat to start. On PostgreSQL the
owner of the tables does it, whom DATABASE_OWNER_URL names, and makes the portal's login first.
"""

import io
import os
import sys
from pathlib import Path

import django
import psycopg
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg.conninfo import conninfo_to_dict

from accounts.services.queue import publish
from customers import scope
from customers.postgresql import roles
from customers.postgresql.logins import examine

from .. import catalogs


def become_owner(owner: str) -> None:
    """Make the portal's login, then go on as the owner. Call before the settings are read."""
    portal = conninfo_to_dict(os.environ["DATABASE_URL"])
    with psycopg.connect(owner, autocommit=True) as server:
        roles.prepare(server, str(portal.get("user", "")), str(portal.get("password", "")))
    os.environ["DATABASE_URL"] = owner


def prepare(sign_ins: Path, client: Path, team_chat: str, *, as_owner: bool) -> None:
    """Migrate, and fill an empty database with the demo, whose sign-ins go into the file.

    In one that was filled before, its Team Chat is brought to the address of today.
    """
    if connection.vendor == "postgresql" and not as_owner:
        need_nothing_to_migrate()
    else:
        call_command("migrate", verbosity=0, interactive=False)
    if get_user_model().objects.exists():
        if client.exists():
            move_team_chat(client, team_chat)
        return
    print("Filling the empty database with demo data", flush=True)
    output = io.StringIO()
    call_command("demo", team_chat=team_chat, team_chat_client=client, stdout=output)
    # Two years of reports, which take a worker some seconds: beat would come to it later.
    publish("accounts.tasks.remember_figures")
    # What was done is said once, who can sign in at every start.
    done, _, who = output.getvalue().rpartition("\n\n")
    print(done, flush=True)
    with os.fdopen(os.open(sign_ins, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(who)


def move_team_chat(client: Path, team_chat: str) -> None:
    """Bring Team Chat to its address. Take the file away where it signs in nowhere any more."""
    try:
        call_command("team_chat", client, team_chat)
    except CommandError as error:
        print(f"Team Chat isn't started. {error}", flush=True)
        client.unlink()


def need_nothing_to_migrate() -> None:
    """Raise ImproperlyConfigured if the portal's login should migrate, or is not fit to run it."""
    with connection.cursor() as cursor:
        examine(cursor).require()
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise ImproperlyConfigured(
            "The database is not up to date, and the portal's own login may not change that: set"
            " DATABASE_OWNER_URL to its address with the login of its owner."
        )


def main(sign_ins: Path, client: Path, team_chat: str) -> None:
    owner = os.environ.get("DATABASE_OWNER_URL", "")
    try:
        if owner:
            become_owner(owner)
        else:
            scope.process.scope = scope.TASKS
        catalogs.compile_new()
        django.setup()
        prepare(sign_ins, client, team_chat, as_owner=bool(owner))
    except (ImproperlyConfigured, OperationalError, psycopg.Error, roles.Unfit) as error:
        sys.exit(str(error).strip())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
