"""Filters of SCIM as conditions of the database, on columns that it finds users by."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from scim2_models import InvalidFilterException
from scim2_models.path import (
    AttrPath,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Present,
    ValuePath,
)

from customers.folding.letters import fold
from customers.said import gettext as _

from .resources import User

OWN_SCHEMA = str(User.__schema__).lower()
Op = CompareOperator
# The look-up of Django's that each operator is.
LOOKUPS = {
    Op.eq: "exact",
    Op.co: "contains",
    Op.sw: "startswith",
    Op.ew: "endswith",
    Op.gt: "gt",
    Op.ge: "gte",
    Op.lt: "lt",
    Op.le: "lte",
}
ORDERED = {Op.gt, Op.ge, Op.lt, Op.le}
PARTS = {Op.co, Op.sw, Op.ew}
# Letters in a row from which the index of names helps (accounts.models.users).
INDEXED = 3

Make = Callable[[Op, Any], Q]


def _is_text(value: Any) -> bool:
    """Return whether it is a text, and no half of a letter, which no database has."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)


def _text(column: str, prepare: Callable[[str], str]) -> Make:
    """Return what compares a column that is kept as it is compared."""

    def make(op: Op, value: Any) -> Q:
        if not _is_text(value):
            raise _no_text()
        return Q(**{f"{column}__{LOOKUPS[op]}": prepare(value)})

    return make


def _shown(column: str) -> Make:
    """Return what compares a name in any case, by the index of names."""

    def make(op: Op, value: Any) -> Q:
        if op in ORDERED:
            raise _not_so(op)
        if not _is_text(value):
            raise _no_text()
        found = Q(**{f"{column}__i{LOOKUPS[op]}": value})
        folded = fold(value)
        return found & Q(search_text__contains=folded) if len(folded) >= INDEXED else found

    return make


def _moment(column: str) -> Make:
    def make(op: Op, value: Any) -> Q:
        if op in PARTS:
            raise _not_so(op)
        moment = value
        if not isinstance(moment, datetime):
            try:
                moment = parse_datetime(str(value))
            except ValueError:
                moment = None
        if moment is None:
            raise InvalidFilterException(detail=_("This is no date and time of ISO 8601."))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return Q(**{f"{column}__{LOOKUPS[op]}": aware})

    return make


def _id(op: Op, value: Any) -> Q:
    if op is not Op.eq:
        raise _not_so(op)
    try:
        return Q(uuid=UUID(str(value)))
    except ValueError:
        return NOBODY


def _active(op: Op, value: Any) -> Q:
    if op is not Op.eq:
        raise _not_so(op)
    # Entra writes it as a text, with a capital letter.
    wanted = {"true": True, "false": False}.get(str(value).lower())
    if wanted is None:
        raise InvalidFilterException(detail=_("active is true or false."))
    return Q(blocked_at__isnull=wanted)


NOBODY = Q(pk__in=[])
EVERYBODY = ~NOBODY
BY: dict[str, tuple[Make, Q]] = {
    "id": (_id, EVERYBODY),
    "externalid": (_text("scim_link__external_id", str), Q(scim_link__external_id__gt="")),
    "username": (_text("username", str.lower), EVERYBODY),
    "active": (_active, EVERYBODY),
    "displayname": (_shown("display_name"), EVERYBODY),
    "name.givenname": (_shown("first_name"), Q(first_name__gt="")),
    "name.familyname": (_shown("last_name"), Q(last_name__gt="")),
    "meta.created": (_moment("added_at"), EVERYBODY),
    "meta.lastmodified": (_moment("updated_at"), EVERYBODY),
}
NAMES = (
    *("id", "externalId", "userName", "active", "displayName", "name.givenName"),
    *("name.familyName", "meta.created", "meta.lastModified"),
)


class Conditions(FilterVisitor[Q]):
    """The condition that a filter is. Raise InvalidFilterException for what can't be asked."""

    def visit_comparison(self, node: Comparison) -> Q:
        make, present = _known(node.attr_path)
        if node.value is None:
            # RFC 7644 has null for what is not there.
            if node.op not in {Op.eq, Op.ne}:
                raise _not_so(node.op)
            return ~present if node.op is Op.eq else present
        if node.op is Op.ne:
            return ~make(Op.eq, node.value)
        # What is not there is neither before nor after anything.
        found = make(node.op, node.value)
        return found & present if node.op in ORDERED else found

    def visit_present(self, node: Present) -> Q:
        return _known(node.attr_path)[1]

    def visit_not(self, node: Not) -> Q:
        return ~self.visit(node.expr)

    def visit_logical_expr(self, node: LogicalExpr) -> Q:
        found = Q()
        for term in node.terms:
            one = self.visit(term)
            found = found & one if node.op == LogicalOperator.and_ else found | one
        return found

    def visit_value_path(self, node: ValuePath) -> Q:
        raise _unknown(str(node.attr_path))


def _known(path: AttrPath) -> tuple[Make, Q]:
    name = ".".join(filter(None, (path.attr, path.sub_attr))).lower()
    if (path.uri or OWN_SCHEMA).lower() != OWN_SCHEMA or name not in BY:
        raise _unknown(str(path))
    return BY[name]


def _unknown(attribute: str) -> InvalidFilterException:
    return InvalidFilterException(
        detail=_("Users can't be filtered by %(attribute)s, but by: %(names)s.")
        % {"attribute": attribute[:100], "names": ", ".join(NAMES)}
    )


def _not_so(op: Op) -> InvalidFilterException:
    return InvalidFilterException(
        detail=_("This attribute can't be compared by %(operator)s.") % {"operator": op.value}
    )


def _no_text() -> InvalidFilterException:
    return InvalidFilterException(detail=_("This attribute is compared with a text."))
