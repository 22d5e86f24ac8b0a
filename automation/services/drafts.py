"""What a rule may say: refused when it is made, and not when it is followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.queries.filters import PLAIN, UserFilter
from customers.errors import Refused
from customers.invisible import visible
from customers.models import Customer
from customers.said import gettext as _
from customers.said import gettext_lazy
from licensing.errors import CHECK_AGAIN
from licensing.models import Subscription
from licensing.rules import Catalog, cant_be_combined, cant_be_used, check_plans

from ..models import LicenseRule
from ..models.rules import NAME_LENGTH
from ..queries.rule_facts import RuleFacts

SUBSCRIPTION_NEEDED = gettext_lazy("Choose at least one subscription.")


@dataclass(frozen=True)
class Draft:
    """What a rule shall be: whom it matches, and what it gives, with the plans that are off."""

    name: str
    filter: UserFilter = field(default_factory=UserFilter)
    gives: Mapping[int, frozenset[str]] = field(default_factory=dict)
    for_newcomers: bool = False

    @classmethod
    def of(cls, rule: LicenseRule) -> "Draft":
        facts = RuleFacts.of(rule)
        return cls(rule.name, facts.filter, facts.gives, rule.for_newcomers)


def clean_name(name: str) -> str:
    """Return the name as it is kept. Refused where it is none."""
    kept = " ".join(visible(name)[0].split())
    if not kept:
        raise Refused(_("Enter a name for the rule."), code="rule-name-wrong", field="name")
    if len(kept) > NAME_LENGTH:
        text = _("The name can have up to %(limit)s characters.")
        raise Refused(text % {"limit": NAME_LENGTH}, code="rule-name-wrong", field="name")
    return kept


def check_filter(found: UserFilter) -> None:
    """Refuse what would change whom a rule matches without a change of the user."""
    if found.unknown or found.deleted:
        raise Refused(
            _("This filter no longer exists. Choose another one."),
            code="rule-filter-wrong",
            field="filter",
        )
    if found.seats:
        raise Refused(
            _(
                "A rule can't depend on licenses, since it gives licenses itself. Choose a"
                " department, a job title, a usage location or permissions."
            ),
            code="rule-circular",
            field="filter",
        )
    of_use = found.sign_in or found.never_signed_in or found.signed_in_before
    if found.words or of_use or found.days or found.domain:
        raise Refused(
            _(
                "A rule can't search for names, and can't filter by sign-in, days or domain. Choose"
                " a department, a job title, a usage location or permissions."
            ),
            code="rule-filter-wrong",
            field="filter",
        )


def check_gives(gives: Mapping[int, frozenset[str]], customer: Customer) -> dict[int, Subscription]:
    """Return the subscriptions that are to be given. Refused for none, and for others."""
    if not gives:
        raise Refused(str(SUBSCRIPTION_NEEDED), code="rule-gives-nothing", field="gives")
    rows = customer.subscriptions.select_related("product").filter(pk__in=gives)
    pools = {row.pk: row for row in rows}
    if gives.keys() - pools.keys():
        raise Refused(
            str(CHECK_AGAIN),
            code="subscription-gone",
            field="gives",
        )
    for pool in pools.values():
        if pool.is_canceled:
            text = _("The subscription to %(product)s is canceled. Take it out of the rule.")
            raise Refused(
                text % {"product": pool.product.name}, code="subscription-canceled", field="gives"
            )
    check_plans({pool.product_id: gives[pk] for pk, pool in pools.items()})
    return pools


def check_together(rule: RuleFacts, others: Sequence[RuleFacts], customer: Customer) -> None:
    """Refuse a rule that contradicts itself or another one, or whose users lack what it needs.

    What a product requires must come from this rule, or from one that gives it to all whom this
    one matches: that the users have it by hand today is no promise.
    """
    catalog = Catalog()
    subscriptions = {pk for one in (rule, *others) for pk in one.gives}
    rows = Subscription.objects.current().filter(customer=customer, pk__in=subscriptions)
    products = dict(rows.values_list("pk", "product"))
    own = {products[pk] for pk in rule.gives if pk in products}
    names = {pk: product.name for pk, product in catalog.products.items()}
    location = rule.filter.usage_location
    given = set(own)
    for other in others:
        theirs = {products[pk] for pk in other.gives if pk in products}
        if may_overlap(rule.filter, other.filter):
            _check_conflicts(own, theirs, catalog, other.name)
        if covers(other, rule):
            given |= theirs
    _check_conflicts(own, own, catalog, "")
    for product in sorted(own, key=lambda pk: names[pk]):
        facts = {"product": names[product]}
        lacking = catalog.products[product].requires - given
        if lacking:
            facts["required"] = ", ".join(sorted(names[pk] for pk in lacking))
            text = _("%(product)s needs %(required)s too: let the rule give it as well.")
            raise Refused(text % facts, code="rule-lacks-requirement", field="gives")
        if location and location in catalog.products[product].blocked_countries:
            why = cant_be_used(catalog.products[product].name, location)
            raise Refused(why, code="rule-contradicts", field="gives")


def _check_conflicts(own: set[int], theirs: set[int], catalog: Catalog, name: str) -> None:
    for pk in sorted(own):
        clashing = catalog.products[pk].conflicts & (theirs - {pk})
        if not clashing:
            continue
        product = catalog.products[pk].name
        others = ", ".join(sorted(catalog.products[other].name for other in clashing))
        why = cant_be_combined(product, others)
        if name:
            text = _(
                "%(product)s can't be combined with %(others)s, which the rule “%(rule)s” gives"
                " to the same users."
            )
            why = text % {"product": product, "others": others, "rule": name}
        raise Refused(why, code="rule-contradicts", field="gives")


def check_needed(going: RuleFacts, others: Iterable[RuleFacts], customer: Customer) -> None:
    """Refuse that a rule goes on which others build."""
    others = list(others)
    for other in others:
        rest = [one for one in others if one.pk != other.pk]
        try:
            check_together(other, rest, customer)
        except Refused as refusal:
            if refusal.code != "rule-lacks-requirement":
                continue
            try:
                check_together(other, [*rest, going], customer)
            except Refused:
                # It lacks something with this rule too.
                continue
            text = _("The rule “%(rule)s” needs what this one gives. Switch that rule off first.")
            raise Refused(text % {"rule": other.name}, code="rule-needed") from None


def may_overlap(one: UserFilter, other: UserFilter) -> bool:
    """Whether a user can be in both filters."""
    both = one.fields.keys() & other.fields.keys()
    if any(one.fields[name] != other.fields[name] for name in both):
        return False
    permissions = {one.permission, other.permission} - {""}
    return not (PLAIN in permissions and len(permissions) > 1)


def covers(wide: RuleFacts, narrow: RuleFacts) -> bool:
    """Whether all whom the narrow rule matches are matched by the wide one."""
    if wide.since is not None and (narrow.since is None or narrow.since < wide.since):
        return False
    if wide.filter.permission not in {"", narrow.filter.permission}:
        return False
    theirs = narrow.filter.fields
    return all(theirs.get(name) == value for name, value in wide.filter.fields.items())
