"""The words of a cell that names permissions, subscriptions or services."""

import re
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches

from accounts.widgets import Suggested
from customers.roles import CUSTOMER_ROLES, LIMITED_ROLES, Role
from customers.said import gettext as _
from customers.said import joined
from licensing.errors import resume_first

from .entries import Licenses
from .world import Offer, World

# What stands between several in one cell; a comma is a part of some products' names.
_BETWEEN = re.compile(r"[;\n\r]+")


def parts(cell: str) -> list[str]:
    return [part for text in _BETWEEN.split(cell) if (part := " ".join(text.split()))]


def _mended(cell: str, mend: Callable[[str], str]) -> str:
    """Return the whole cell with each of its parts mended; "" where one can't be."""
    mended = [mend(part) for part in parts(cell)]
    return "; ".join(mended) if all(mended) else ""


def _role_words() -> dict[str, tuple[Role, ...]]:
    words: dict[str, tuple[Role, ...]] = {"user": ()}
    for role in CUSTOMER_ROLES:
        for word in (role.value, str(role.label)):
            words[word.casefold()] = (role,)
            words[word.casefold().removesuffix("istrator")] = (role,)
    for role in LIMITED_ROLES:
        words[role.value.split()[0].casefold()] = (role,)
    # The area of the same name would be read for a plain user.
    words["user"] = ()
    return words


def read_roles(cell: str) -> tuple[Role, ...]:
    """Return the roles that a cell names; raise ValueError for what names none."""
    words = _role_words()
    found: set[Role] = set()
    limited = False
    for part in parts(cell.replace(",", ";")):
        word = part.casefold()
        if word.startswith("limited administrator"):
            limited = True
            word = word.removeprefix("limited administrator").strip(" :()")
            if not word:
                continue
            if word == "user":
                word = "user administrator"
        if word not in words:
            raise _no_permission(part, words, cell)
        found.update(words[word])
    if limited and not found:
        raise ValueError(
            _("Say for what: billing, license, password, service or user, such as"
              " License administrator; Password administrator.")
        )  # fmt: skip
    if Role.GLOBAL_ADMIN in found:
        # Who may do everything needs no area of it.
        return (Role.GLOBAL_ADMIN,)
    return tuple(role for role in Role if role in found)


def _no_permission(part: str, words: Mapping[str, tuple[Role, ...]], cell: str) -> Suggested:
    def mend(part: str) -> str:
        word = part.casefold()
        if word in words or word.startswith("limited administrator"):
            return part
        near = get_close_matches(word, words, n=1, cutoff=0.7)
        return "; ".join(role.value for role in words[near[0]]) or "User" if near else ""

    text = _("%(value)s is not a permission. Use User, Global administrator, or one of: %(all)s.")
    areas = joined((role.label for role in LIMITED_ROLES), ", ")
    facts = {"value": part[:80], "all": areas}
    return Suggested(text % facts, _mended(cell.replace(",", ";"), mend), cause="permission")


def read_subscriptions(cell: str, world: World) -> Licenses:
    """Return the licenses that a cell names, with all services on.

    Raise ValueError for what the customer has not got.
    """
    found: Licenses = {}
    for part in _products(cell, world):
        word = part.casefold()
        if word in world.not_bought:
            text = _("This customer has no subscription to %(name)s. Add the subscription first.")
            raise Suggested(text % {"name": world.not_bought[word]}, "", cause="subscription")
        if word not in world.offers:
            text = _("There is no subscription named %(name)s.")
            suggestion = _mended(cell, lambda part: _near_product(part, world))
            raise Suggested(text % {"name": part[:80]}, suggestion, cause="subscription")
        offer = world.offers[word]
        if offer is None:
            text = _("Two products are named %(name)s. Use the SKU instead.")
            raise ValueError(text % {"name": part[:80]})
        if not offer.subscription.is_active:
            raise ValueError(resume_first(offer.subscription))
        found[offer.subscription.pk] = ()
    return found


def _products(cell: str, world: World) -> list[str]:
    """Return what a cell names; Microsoft 365 joins products by +, and says Unlicensed for none."""
    named = [part for part in parts(cell) if part.casefold() != "unlicensed"]
    known = world.offers.keys() | world.not_bought.keys()
    found: list[str] = []
    for part in named:
        joined = [each for text in part.split("+") if (each := text.strip())]
        is_joined = part.casefold() not in known and any(
            each.casefold() in known for each in joined
        )
        found += joined if is_joined else [part]
    return found


def _near_product(part: str, world: World) -> str:
    if part.casefold() in world.offers:
        return part
    # Neither a name that two have, nor what can't be assigned now.
    usable = {
        word: offer.subscription.product.name
        for word, offer in world.offers.items()
        if offer and offer.subscription.is_active
    }
    near = get_close_matches(part.casefold(), usable, n=1, cutoff=0.6)
    return usable[near[0]] if near else ""


def read_services_off(cell: str, licenses: Collection[int], world: World) -> Licenses:
    """Return the plans of these subscriptions that a cell switches off, by subscription.

    Raise ValueError for what they have not got.
    """
    # What was chosen for all rows may be canceled by now.
    offers = {pk: world.subscriptions[pk] for pk in licenses if pk in world.subscriptions}
    off: dict[int, set[str]] = {}
    for part in parts(cell):
        pk, code = _service(part, offers, cell)
        off.setdefault(pk, set()).add(code)
    return {pk: tuple(sorted(codes)) for pk, codes in off.items()}


def _service(part: str, offers: Mapping[int, Offer], cell: str) -> tuple[int, str]:
    product, colon, plan = part.partition(":")
    words = {product.strip().casefold()} if colon else set()
    named = [
        (pk, offer.plans[plan.strip().casefold()])
        for pk, offer in offers.items()
        for product in [offer.subscription.product]
        if words & {product.name.casefold(), product.sku.casefold()}
        and plan.strip().casefold() in offer.plans
    ]
    found = named or [
        (pk, offer.plans[part.casefold()])
        for pk, offer in offers.items()
        if part.casefold() in offer.plans
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = " · ".join(offers[pk].subscription.product.name for pk, _code in found)
        text = _("Several of these products have a service %(name)s: %(products)s. Put"
                 " the product before it, as in Product: service.")  # fmt: skip
        raise ValueError(text % {"name": part[:80], "products": names})
    known = {word for offer in offers.values() for word in offer.plans}

    def mend(part: str) -> str:
        if ":" in part or part.casefold() in known:
            return part
        near = get_close_matches(part.casefold(), known, n=1, cutoff=0.6)
        return near[0] if near else ""

    text = _("None of the products of this row has a service named %(name)s.")
    raise Suggested(text % {"name": part[:80]}, _mended(cell, mend), cause="service")
