"""What was asked for with a schedule, in the words of the page that asked."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from customers.log.history import sentence_of
from customers.models import BatchKind
from licensing.models import Subscription

from ..models import Schedule


def asked(schedule: Schedule) -> list[str]:
    """Return it in sentences; nothing for an action that does what its name says."""
    request: Mapping[str, Any] = schedule.request
    if schedule.kind == BatchKind.LICENSES:
        return _licenses(schedule)
    fields = dict(request.get("fields") or {})
    if "roles" in request:
        fields["roles"] = request["roles"] or _("User")
    return [sentence for name, value in fields.items() if (sentence := sentence_of(name, value))]


def _licenses(schedule: Schedule) -> list[str]:
    changes: Mapping[str, Any] = schedule.request.get("changes", {})
    ids = {int(pk) for pk in changes} | {
        change["instead_of"] for change in changes.values() if change["instead_of"]
    }
    found = Subscription.objects.filter(customer=schedule.customer_id, pk__in=ids)
    names = dict(found.values_list("pk", "product__name"))
    gone = _("a subscription that no longer exists")
    sentences = []
    for pk, change in changes.items():
        product = names.get(int(pk), gone)
        if change["instead_of"]:
            told = {"product": product, "other": names.get(change["instead_of"], gone)}
            sentences.append(_("Assign %(product)s instead of %(other)s") % told)
        elif change["have"] is not None:
            text = _("Assign %(product)s") if change["have"] else _("Remove %(product)s")
            sentences.append(text % {"product": product})
        else:
            sentences.append(_("Change service plans of %(product)s") % {"product": product})
    if schedule.request.get("as_many_as_fit"):
        sentences.append(_("Where seats are short: assign as many as fit"))
    return sentences
