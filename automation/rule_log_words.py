"""What the log says of license rules: as their pages do."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.queries.filters import read_filter
from customers.log.history import also_told, change_in_words, sentence_of

from .rule_words import conditions


def tell_rules() -> None:
    also_told("changed", _changed)
    also_told("filter", _filter)
    also_told("gives", _gives)
    also_told("for_newcomers", _for_newcomers)
    also_told("on", lambda value: sentence_of("is_on", value))


def _changed(values: Mapping[str, Any]) -> str:
    """Say each field of a rule that has been changed, with its two sides."""
    sides: dict[str, tuple[str, Callable[[Any], str]]] = {
        "rule": (_("Name"), str),
        "filter": (_("For"), _whom),
        "gives": (_("Gives"), _products),
        "for_newcomers": (_("New users only"), lambda value: _("yes") if value else _("no")),
    }
    told = []
    for name, (label, words) in sides.items():
        if name in values:
            before, after = values[name]
            told.append(change_in_words(label, words(before), words(after)))
    return "; ".join(told)


def _filter(value: Mapping[str, str]) -> str:
    return _("For: %(whom)s") % {"whom": _whom(value)}


def _gives(value: Mapping[str, list[str]]) -> str:
    return _("Gives: %(products)s") % {"products": _products(value)}


def _for_newcomers(value: Any) -> str:
    return _("New users only") if value else ""


def _whom(query: Mapping[str, str]) -> str:
    return " · ".join(conditions(read_filter(query)))


def _products(gives: Mapping[str, list[str]]) -> str:
    """Name the products, each with the codes of the plans that are left off."""
    return ", ".join(
        _("%(product)s (off: %(plans)s)") % {"product": name, "plans": ", ".join(off)}
        if off
        else name
        for name, off in gives.items()
    )
