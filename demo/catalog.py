"""Products of the demo's cloud vendor, and which mix of them each kind of company buys."""

from dataclasses import dataclass

from customers.services import bulk
from licensing.models import Product, ServicePlan, SubscriptionStatus


@dataclass(frozen=True, slots=True)
class CatalogProduct:
    """One product of the catalogue; plans are `CODE=Name`, the rules name SKUs."""

    sku: str
    name: str
    plans: tuple[str, ...]
    requires: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    blocked_countries: tuple[str, ...] = ()
    is_offered: bool = True


_MAIL = "MAIL=Business Mail"
_FILES = "FILES=Cloud Files"
_MEET = "MEET=Meetings and Chat"
_WEB = "DOCS-WEB=Documents for the Web"
_DESKTOP = "DOCS-DESKTOP=Documents for Desktop"
_SITES = "SITES=Team Sites"
_DEVICES = "DEVICES=Device Management"
_FORMS = "FORMS=Forms and Surveys"
_TASKS = "TASKS=Tasks and Planning"
_EMBARGO = ("CU", "IR", "KP", "SY")

CATALOG = (
    CatalogProduct(
        "BUSINESS-BASIC", "Business Basic", (_MAIL, _FILES, _MEET, _WEB, _FORMS, _TASKS)
    ),
    CatalogProduct(
        "BUSINESS-PREMIUM",
        "Business Premium",
        (_MAIL, _FILES, _MEET, _WEB, _DESKTOP, _SITES, _DEVICES, _FORMS, _TASKS),
        conflicts=("BUSINESS-BASIC",),
    ),
    CatalogProduct(
        "ENTERPRISE-E3",
        "Enterprise E3",
        (_MAIL, _FILES, _MEET, _WEB, _DESKTOP, _SITES, _DEVICES, _FORMS, _TASKS, "RIGHTS=Rights"),
        blocked_countries=_EMBARGO,
    ),
    CatalogProduct(
        "ENTERPRISE-E5",
        "Enterprise E5",
        (_MAIL, _FILES, _MEET, _WEB, _DESKTOP, _SITES, _DEVICES, "DEFEND=Threat Defense"),
        conflicts=("ENTERPRISE-E3",),
        blocked_countries=_EMBARGO,
    ),
    CatalogProduct(
        "FRONTLINE-F1",
        "Frontline F1",
        ("MAIL-KIOSK=Kiosk Mail", _MEET, _WEB, "SHIFTS=Shift Planner", _TASKS),
        conflicts=("ENTERPRISE-E3", "ENTERPRISE-E5"),
    ),
    CatalogProduct(
        "SECURITY-ADDON",
        "Security Add-on",
        ("DEFEND=Threat Defense", "SIGNIN-RISK=Sign-in Risk", "LABELS=Labels"),
        requires=("ENTERPRISE-E3",),
        blocked_countries=_EMBARGO,
    ),
    CatalogProduct("MAIL-ARCHIVE", "Mail Archive", ("ARCHIVE=Archive", "HOLD=Legal Hold")),
    CatalogProduct(
        "PHONE-SYSTEM",
        "Phone System",
        ("CALLS=Calls", "VOICEMAIL=Voicemail", "QUEUES=Call Queues"),
        blocked_countries=("CN", *_EMBARGO),
    ),
    CatalogProduct(
        "CALLING-PLAN",
        "Calling Plan",
        ("MINUTES=Domestic Minutes", "SMS=Text Messages"),
        requires=("PHONE-SYSTEM",),
        blocked_countries=("AE", "BR", "CN", "IN", "LB", *_EMBARGO),
    ),
    CatalogProduct("POWER-REPORTS-PRO", "Power Reports Pro", ("REPORTS=Reports", "SHARE=Sharing")),
    CatalogProduct("PROJECT-PLAN-3", "Project Plan 3", ("PROJECTS=Projects", "ROADMAP=Roadmaps")),
    CatalogProduct("DIAGRAM-PLAN-2", "Diagram Plan 2", ("DIAGRAMS=Diagrams", _FILES)),
    CatalogProduct(
        "CUSTOMER-HUB", "Customer Hub", ("SALES=Sales", "SERVICE=Service Desk", "KB=Knowledge")
    ),
    CatalogProduct("IDENTITY-P1", "Identity P1", ("GROUPS=Dynamic Groups", "MFA=Second Factor")),
    CatalogProduct(
        "IDENTITY-P2",
        "Identity P2",
        ("GROUPS=Dynamic Groups", "MFA=Second Factor", "REVIEWS=Access Reviews"),
        conflicts=("IDENTITY-P1",),
    ),
    CatalogProduct(
        "WEBSITE-CLASSIC", "Website Classic", ("SITE=Public Website",), is_offered=False
    ),
)
BY_SKU = {line.sku: line for line in CATALOG}


@dataclass(frozen=True, slots=True)
class Offer:
    """A product that a share of the users hold; its `free` seats are left to chance by None."""

    sku: str
    share: float
    free: int | None = None
    status: SubscriptionStatus = SubscriptionStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Profile:
    """A mix of products: each user holds one suite or none, and others on top, in this order."""

    suites: tuple[Offer, ...]
    others: tuple[Offer, ...]

    @property
    def offers(self) -> tuple[Offer, ...]:
        return (*self.suites, *self.others)


SMALL = Profile((Offer("BUSINESS-BASIC", 0.85),), (Offer("MAIL-ARCHIVE", 0.3),))
BUSINESS = Profile(
    (Offer("BUSINESS-PREMIUM", 0.55), Offer("BUSINESS-BASIC", 0.33)),
    (
        Offer("MAIL-ARCHIVE", 0.2),
        Offer("POWER-REPORTS-PRO", 0.1),
        Offer("CUSTOMER-HUB", 0.12),
        Offer("WEBSITE-CLASSIC", 0.02),
    ),
)
FRONTLINE = Profile(
    (Offer("FRONTLINE-F1", 0.6), Offer("ENTERPRISE-E3", 0.27)),
    (
        Offer("SECURITY-ADDON", 0.5),
        Offer("PHONE-SYSTEM", 0.15),
        Offer("PROJECT-PLAN-3", 0.05),
    ),
)
ENTERPRISE = Profile(
    (Offer("ENTERPRISE-E3", 0.6), Offer("ENTERPRISE-E5", 0.15), Offer("FRONTLINE-F1", 0.13)),
    (
        Offer("SECURITY-ADDON", 0.4),
        Offer("PHONE-SYSTEM", 0.25),
        Offer("CALLING-PLAN", 0.6),
        Offer("POWER-REPORTS-PRO", 0.08),
        Offer("IDENTITY-P2", 0.12),
    ),
)
SHOWCASE = Profile(
    (
        Offer("ENTERPRISE-E3", 0.5, free=24),
        Offer("BUSINESS-PREMIUM", 0.22, free=0),
        Offer("BUSINESS-BASIC", 0.16, free=3),
    ),
    (
        Offer("SECURITY-ADDON", 0.5, free=1),
        Offer("PHONE-SYSTEM", 0.3, free=6),
        Offer("CALLING-PLAN", 0.5, free=9),
        Offer("MAIL-ARCHIVE", 0.2, free=40),
        Offer("PROJECT-PLAN-3", 0.09, free=0),
        Offer("POWER-REPORTS-PRO", 0.15, free=4, status=SubscriptionStatus.SUSPENDED),
        Offer("DIAGRAM-PLAN-2", 0.06, status=SubscriptionStatus.CANCELED),
    ),
)


def write_catalog() -> dict[str, Product]:
    """Write all products with their plans and rules; return them by SKU."""
    products = {
        line.sku: Product(
            sku=line.sku,
            name=line.name,
            blocked_countries=list(line.blocked_countries),
            is_offered=line.is_offered,
        )
        for line in CATALOG
    }
    bulk.insert(Product, list(products.values()))
    plans = [(line.sku, *plan.split("=")) for line in CATALOG for plan in line.plans]
    bulk.insert(
        ServicePlan,
        [ServicePlan(product=products[sku], code=code, name=name) for sku, code, name in plans],
    )
    for line in CATALOG:
        products[line.sku].requires.set(products[sku] for sku in line.requires)
        products[line.sku].conflicts.add(*(products[sku] for sku in line.conflicts))
    return products
