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
        try:
            with psycopg.connect(owner, autocommit=True) as connection:
                done = prepare(connection, portal["USER"], portal["PASSWORD"])
        except psycopg.errors.RaiseException as error:
            said = error.diag.message_primary
            raise CommandError(f"{said}: a superuser has to ALTER ROLE … CREATEROLE.") from error
        except (Unfit, psycopg.Error) as error:
            raise CommandError(str(error).strip()) from error
        for line in done:
            self.stdout.write(line)
