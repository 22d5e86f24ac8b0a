"""What is done for customers, for the team, and by support staff; and one's own things."""

from datetime import date
from decimal import Decimal

from django.contrib.auth.models import Group

from accounts.models import (
    MailTo,
)
from accounts.queries.filters import UserFilter
from accounts.services.credentials import destroy_sheet, note_copied, read_sheet, stream_sheet
from accounts.services.filters import delete_filter, save_filter
from accounts.services.mail import mail_sheet
from accounts.services.selections import choose, choose_all, choose_nobody, draw_token
from accounts.services.staff import (
    StaffDetails,
    add_staff,
    allow_staff,
    block_staff,
    change_group,
    change_staff,
    limit_staff,
    note_password_shown,
    remove_group,
    remove_staff,
    reset_staff_password,
)
from customers.actions import Action
from customers.roles import Role
from customers.services.customers import add_customer, change_customer
from customers.services.domains import add_domain, make_primary, remove_domain
from customers.services.exports import record_export
from customers.services.partners import (
    add_partner,
    change_branding,
    change_partner,
    set_host_names,
)
from customers.services.places import note_visit, set_favorite
from licensing.models import Product, Subscription, SubscriptionStatus
from licensing.services.products import Facts, add_product, change_product
from licensing.services.subscriptions import (
    add_subscription,
    cancel_subscription,
    change_price,
    change_seats,
    resume_subscription,
    suspend_subscription,
)
from tests.support import role_table
from tests.verbs.scene import Verb


def _facts(product: Product) -> Facts:
    return Facts(f"{product.name} 2", True, [], [], [], {})


# Of a sheet or a filter that is the actor's own.
OWN: dict[str, Verb] = {
    "accounts.services.credentials.read_sheet": Verb(
        role_table.RESET, lambda at, by: read_sheet(at.sheet, actor=by, action=Action.SHEET_SHOWN)
    ),
    "accounts.services.credentials.stream_sheet": Verb(
        role_table.RESET,
        lambda at, by: list(stream_sheet(at.sheet, actor=by, action=Action.SHEET_DOWNLOADED)),
    ),
    "accounts.services.credentials.note_copied": Verb(
        role_table.RESET, lambda at, by: note_copied(at.sheet, 0, 1, actor=by)
    ),
    "accounts.services.credentials.destroy_sheet": Verb(
        role_table.RESET, lambda at, by: destroy_sheet(at.sheet, actor=by)
    ),
    "accounts.services.mail.mail_sheet": Verb(
        role_table.RESET, lambda at, by: mail_sheet(at.sheet, MailTo.CONTACT, actor=by)
    ),
    "accounts.services.filters.delete_filter": Verb(
        role_table.SEE, lambda at, by: delete_filter(at.saved, actor=by)
    ),
}
LOOKING: dict[str, Verb] = {
    "customers.services.places.set_favorite": Verb(
        role_table.SEE, lambda at, by: set_favorite(at.contoso, on=True, actor=by)
    ),
    # Behind the page, which has asked.
    "customers.services.places.note_visit": Verb(
        "",
        lambda at, by: note_visit(at.contoso.pk, at.living.pk, actor=by),
        oneself=True,
        unasked=True,
    ),
    "accounts.services.filters.save_filter": Verb(
        role_table.SEE,
        lambda at, by: save_filter("New", UserFilter(q="b"), customer=at.contoso, actor=by),
    ),
    "accounts.services.selections.choose": Verb(
        role_table.SEE,
        lambda at, by: choose(
            draw_token(), shown=[at.living.pk], chosen=[], customer=at.contoso, actor=by
        ),
    ),
    "accounts.services.selections.choose_all": Verb(
        role_table.SEE,
        lambda at, by: choose_all(draw_token(), query={}, customer=at.contoso, actor=by),
    ),
    "accounts.services.selections.choose_nobody": Verb(
        role_table.SEE, lambda at, by: choose_nobody(draw_token(), customer=at.contoso, actor=by)
    ),
    "customers.services.exports.record_export": Verb(
        role_table.SEE,
        lambda at, by: record_export("user", 1, "csv", actor=by, customer=at.contoso),
    ),
}
SUBSCRIPTIONS: dict[str, Verb] = {
    "licensing.services.subscriptions.add_subscription": Verb(
        role_table.SUBSCRIPTIONS,
        lambda at, by: add_subscription(
            at.contoso,
            Product.objects.get(sku="SPARE"),
            quantity=1,
            renews_on=date(2027, 1, 1),
            actor=by,
        ),
    ),
    "licensing.services.subscriptions.change_seats": Verb(
        role_table.SUBSCRIPTIONS, lambda at, by: change_seats(at.subscription, 77, actor=by)
    ),
    "licensing.services.subscriptions.change_price": Verb(
        role_table.SUBSCRIPTIONS,
        lambda at, by: change_price(at.subscription, Decimal(7), "EUR", actor=by),
    ),
    "licensing.services.subscriptions.suspend_subscription": Verb(
        role_table.SUBSCRIPTIONS, lambda at, by: suspend_subscription(at.subscription, actor=by)
    ),
    "licensing.services.subscriptions.resume_subscription": Verb(
        role_table.SUBSCRIPTIONS,
        lambda at, by: resume_subscription(at.subscription, actor=by),
        prepare=lambda at: Subscription.objects.filter(pk=at.subscription.pk).update(
            status=SubscriptionStatus.SUSPENDED
        ),
    ),
    "licensing.services.subscriptions.cancel_subscription": Verb(
        role_table.SUBSCRIPTIONS, lambda at, by: cancel_subscription(at.subscription, actor=by)
    ),
}
CUSTOMERS: dict[str, Verb] = {
    "customers.services.customers.add_customer": Verb(
        role_table.CUSTOMERS,
        lambda at, by: add_customer(
            actor=by,
            # Staff who see some customers alone end a name with a domain.
            name="Woodgrove (woodgrove.example)",
            primary_domain="woodgrove.example",
            country="SE",
            partner=at.world.cast.fabrikam,
        ),
        anywhere=True,
    ),
    "customers.services.customers.change_customer": Verb(
        role_table.CUSTOMERS, lambda at, by: change_customer(at.contoso, actor=by, country="SE")
    ),
    "customers.services.domains.add_domain": Verb(
        role_table.CUSTOMERS, lambda at, by: add_domain(at.contoso, "new.example", actor=by)
    ),
    "customers.services.domains.make_primary": Verb(
        role_table.CUSTOMERS, lambda at, by: make_primary(at.spare_domain, actor=by)
    ),
    "customers.services.domains.remove_domain": Verb(
        role_table.CUSTOMERS, lambda at, by: remove_domain(at.spare_domain, actor=by)
    ),
}
TEAM: dict[str, Verb] = {
    "customers.services.partners.change_branding": Verb(
        role_table.TEAM,
        lambda at, by: change_branding(at.world.cast.fabrikam, actor=by, help_phone="+1 555 0100"),
    ),
    "accounts.services.staff.adding.add_staff": Verb(
        role_table.TEAM,
        lambda at, by: add_staff(
            StaffDetails("dora@fabrikam.example", {"display_name": "Dora"}),
            partner=at.world.cast.fabrikam,
            actor=by,
        ),
    ),
    "accounts.services.staff.changing.change_staff": Verb(
        role_table.TEAM,
        lambda at, by: change_staff(
            at.bob, StaffDetails(at.bob.user_name, roles=[Role.ACCOUNT_ADMIN]), actor=by
        ),
    ),
    "accounts.services.staff.changing.limit_staff": Verb(
        role_table.TEAM,
        lambda at, by: limit_staff(at.bob, limited=True, opened=[at.contoso], actor=by),
    ),
    "accounts.services.staff.blocking.block_staff": Verb(
        role_table.TEAM, lambda at, by: block_staff([at.bob], actor=by)
    ),
    "accounts.services.staff.blocking.allow_staff": Verb(
        role_table.TEAM,
        lambda at, by: allow_staff([at.bob], actor=by),
        prepare=lambda at: block_staff([at.bob], actor=at.world.cast.alice),
    ),
    "accounts.services.staff.passwords.reset_staff_password": Verb(
        role_table.TEAM, lambda at, by: reset_staff_password(at.bob, epoch=0, actor=by)
    ),
    "accounts.services.staff.passwords.note_password_shown": Verb(
        role_table.TEAM, lambda at, by: note_password_shown(at.bob, actor=by)
    ),
    "accounts.services.staff.removing.remove_staff": Verb(
        role_table.TEAM, lambda at, by: remove_staff([at.bob], actor=by)
    ),
}
SUPPORT: dict[str, Verb] = {
    "accounts.services.staff.adding.add_staff#support": Verb(
        "",
        lambda _at, by: add_staff(
            StaffDetails("sid@portal.example", {"display_name": "Sid"}), partner=None, actor=by
        ),
    ),
    "accounts.services.staff.groups.change_group": Verb(
        "", lambda _at, by: change_group(Group(), name="Desk", permissions=[], actor=by)
    ),
    "accounts.services.staff.groups.remove_group": Verb(
        "",
        lambda _at, by: remove_group(Group.objects.get(name="Spare"), actor=by),
        prepare=lambda _at: Group.objects.create(name="Spare"),
    ),
    "licensing.services.products.add_product": Verb(
        "", lambda _at, by: add_product("NEW", Facts("New", True, [], [], [], {}), actor=by)
    ),
    "licensing.services.products.change_product": Verb(
        "",
        lambda at, by: change_product(
            at.subscription.product, _facts(at.subscription.product), actor=by
        ),
    ),
    "customers.services.partners.add_partner": Verb(
        "",
        lambda _at, by: add_partner(
            actor=by, name="Proseware", country="US", primary_domain="proseware.example"
        ),
    ),
    "customers.services.partners.set_host_names": Verb(
        "", lambda at, by: set_host_names(at.world.cast.fabrikam, [], actor=by)
    ),
    "customers.services.partners.change_partner": Verb(
        "", lambda at, by: change_partner(at.world.cast.fabrikam, actor=by, name="Fabrikam 2")
    ),
}
