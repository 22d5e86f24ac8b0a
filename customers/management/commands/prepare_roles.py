import argparse
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from customers.postgresql.roles import Unfit, prepare


class Command(BaseCommand):
    help = (
        "Prepare PostgreSQL for row-level security: the roles of its policies, and the login of"
        " DATABASE_URL, which may take them and is nothing else. Signs in by DATABASE_OWNER_URL,"
        " as the owner of the database who may create roles, or as a superuser. Run it before the"
        " first migrate and after a restore; running it again changes nothing."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="say what there would be, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        owner = settings.DATABASE_OWNER_URL
        if not owner:
            raise CommandError(
                "Set DATABASE_OWNER_URL to the address of the database with the login of its"
                " owner, and DATABASE_URL to the same with a name and password for the portal's."
            )
        portal = settings.DATABASES["default"]
        if portal["ENGINE"] != "customers.postgresql":
            raise CommandError("DATABASE_URL names no PostgreSQL: there are no roles to prepare.")
        # A dry run is done and taken back: PostgreSQL's roles are in its transactions too.
        try:
            with psycopg.connect(owner, autocommit=not options["dry_run"]) as connection:
                done = prepare(connection, portal["USER"], portal["PASSWORD"])
                if options["dry_run"]:
                    connection.rollback()
        except Unfit as error:
            raise CommandError(str(error)) from error
        except psycopg.Error as error:
            raise CommandError(error.diag.message_primary or str(error).strip()) from error
        if options["dry_run"]:
            self.stdout.write("Nothing was changed. Without --dry-run this is what there will be:")
        for line in done:
            self.stdout.write(line)
