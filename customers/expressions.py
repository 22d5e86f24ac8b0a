"""Query expressions that each database knows under another name."""

from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Func,
    JSONField,
    QuerySet,
    Subquery,
    TextField,
)
from django.db.models.functions import JSONObject


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


class RowsOf(Subquery):
    """The rows of another query, which may have an end, as objects of these fields: None without
    any. So one statement brings rows of several tables.
    """

    template = "(SELECT %(function)s FROM (%(subquery)s) AS listed)"
    output_field = JSONField()

    def __init__(self, rows: QuerySet[Any, Any], *names: str) -> None:
        super().__init__(rows.values(as_object=JSONObject(**{name: name for name in names})))

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        function = "NULLIF(JSON_GROUP_ARRAY(JSON(as_object)), '[]')"
        return self.as_sql(compiler, connection, function=function, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG(as_object)", **extra)


class RowBeyond(Func):
    """Whether a row's key and id come behind another's key and id, or before them, in order.

    Compared as one, they are one range of an index of both, however many rows have the same key.
    """

    arity = 4
    output_field = BooleanField()
    # What Func would put together itself.
    template = "(%(key)s, %(pk)s) %(side)s (%(other_key)s, %(other_pk)s)"

    def __init__(self, key: Any, pk: Any, other_key: Any, other_pk: Any, *, side: str) -> None:
        super().__init__(key, pk, other_key, other_pk, side=side)

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> Any:  # type: ignore[override]
        texts, parameters = [], []
        for expression in self.source_expressions:
            text, values = compiler.compile(expression)
            texts.append(text)
            parameters += values
        names = ("key", "pk", "other_key", "other_pk")
        return self.template % (self.extra | dict(zip(names, texts, strict=True))), parameters
