from collections.abc import Iterable, Mapping

from customers.errors import Refused
from customers.formats import figure
from customers.said import gettext as _
from customers.said import gettext_lazy, joined, ngettext

from .models import SKU_TAKEN, Subscription, SubscriptionStatus

CHECK_AGAIN = gettext_lazy("A chosen subscription no longer exists. Check the page again.")
CHOOSE_ANOTHER = gettext_lazy("This subscription is no longer available. Choose another one.")
CHOSEN_GONE = gettext_lazy("A chosen subscription no longer exists. Choose again.")


class SeatsShort(Refused):
    """A refusal for want of seats; `missing` is how many each subscription lacks, by its id."""

    def __init__(
        self, missing: Mapping[int, int], subscriptions: Mapping[int, Subscription]
    ) -> None:
        self.missing = dict(missing)
        sentences = [
            ngettext(
                "%(product)s: %(count)s seat is missing.",
                "%(product)s: %(count)s seats are missing.",
                count,
            )
            % {"product": subscriptions[pk].product.name, "count": count}
            for pk, count in sorted(missing.items())
        ]
        super().__init__(joined(sentences), code="seats-short")


class NotActive(Refused):
    def __init__(self, subscription: Subscription) -> None:
        self.subscription = subscription
        product = {"product": subscription.product.name}
        super().__init__(
            resume_first(subscription)
            if subscription.status == SubscriptionStatus.SUSPENDED
            else _("The subscription to %(product)s is canceled.") % product,
            code="subscription-not-active",
        )


class SeatsChanged(Refused):
    """A refusal since seats have changed meanwhile; `quantity` is how many there are."""

    def __init__(self, quantity: int) -> None:
        self.quantity = quantity
        super().__init__(
            _("The number of seats has changed: it is now %(count)s.")
            % {"count": figure(quantity)},
            code="seats-changed",
        )


class RulesBroken(Refused):
    """A refusal by rules: sentences by user id, and user ids by product and sentence."""

    def __init__(self, found: Mapping[int, Mapping[int, str]]) -> None:
        """Take the sentence for each product by user id."""
        self.problems = {user: list(reasons.values()) for user, reasons in found.items()}
        self.users: dict[int, dict[str, list[int]]] = {}
        for user, reasons in found.items():
            for product, sentence in reasons.items():
                self.users.setdefault(product, {}).setdefault(sentence, []).append(user)
        sentences = dict.fromkeys(text for texts in self.problems.values() for text in texts)
        super().__init__(joined(sentences), code="license-rules")


def product_changed() -> Refused:
    text = _("Someone else changed this product while you were editing.")
    return Refused(text, code="product-changed")


def product_gone(name: str) -> Refused:
    text = _("%(product)s has since been deleted.")
    return Refused(text % {"product": name}, code="product-gone")


def without_services() -> Refused:
    text = _("Add at least one service: it is what a license is for.")
    return Refused(text, code="product-without-services", field="plans")


def sku_taken() -> Refused:
    return Refused(str(SKU_TAKEN), code="sku-taken", field="sku")


def services_gone(names: Iterable[str], *, field: str = "") -> Refused:
    text = _("These services no longer exist: %(names)s. Check the page again.")
    told = {"names": ", ".join(sorted(names))}
    return Refused(text % told, code="service-plan-gone", field=field)


def resume_first(subscription: Subscription) -> str:
    return _("The subscription to %(product)s is suspended: resume it first.") % {
        "product": subscription.product.name
    }


def suspended(product: str) -> str:
    return _("%(product)s: the subscription is suspended.") % {"product": product}


def canceled(product: str) -> str:
    return _("%(product)s: the subscription was canceled.") % {"product": product}


def no_seat(product: str) -> str:
    return _("%(product)s: no seats left.") % {"product": product}


def seats_missing(count: int) -> str:
    text = ngettext("%(count)s seat is missing.", "%(count)s seats are missing.", count)
    return text % {"count": figure(count)}


def seats_in_use(subscription: Subscription) -> str:
    """Return why there can't be fewer seats than are assigned and reserved."""
    facts = {"count": figure(subscription.assigned), "reserved": figure(subscription.reserved)}
    if subscription.reserved:
        text = _(
            "%(count)s seats are assigned, %(reserved)s reserved. Keep as many as both together."
        )
        return text % facts
    text = ngettext(
        "%(count)s seat is assigned. Remove licenses first, or keep that many seats.",
        "%(count)s seats are assigned. Remove licenses first, or keep that many seats.",
        subscription.assigned,
    )
    return text % facts
