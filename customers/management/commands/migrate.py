from typing import Any

from django.core.management.commands import migrate

from customers.checks import names_are_searched_by_index


class Command(migrate.Command):
    """Django's migrate, which checks the database once more when it has tables."""

    def handle(self, *args: Any, **options: Any) -> None:
        known = names_are_searched_by_index([options["database"]])
        super().handle(*args, **options)
        if not known:
            for warning in names_are_searched_by_index([options["database"]]):
                self.stderr.write(self.style.WARNING(str(warning)))
