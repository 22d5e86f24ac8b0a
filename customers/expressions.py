"""Query expressions that each database knows under another name."""

from typing import Any

from django.db.models import Aggregate, TextField


class JoinedText(Aggregate):
    """Join a text of each row of a group, with a separator that the code has set.

    Django's own aggregate of that kind is of PostgreSQL alone until Django 6.
    """

    name = "JoinedText"
    template = "%(function)s(%(expressions)s, '%(separator)s')"
    output_field = TextField()

    def __init__(self, expression: Any, separator: str, **extra: Any) -> None:
        super().__init__(expression, separator=separator, **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)
