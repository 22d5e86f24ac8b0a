"""Each verb that the activity log knows: how it is done, and the events that it writes."""

from collections.abc import Callable
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import MailTo
from accounts.services import credentials, mail, staff
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.personal import export_user
from accounts.services.second_steps import (
    add_app,
    add_passkey,
    allow_codes,
    make_recovery_codes,
    read_recovery_codes,
    refuse_step,
    remove_step,
    reset_second_factor,
    use_code,
)
from accounts.services.sessions import end_sessions
from accounts.services.users import (
    License,
    NewUser,
    add_unseen_users,
    add_users,
    allow_users,
    block_users,
    change_user,
    change_users,
    delete_users,
    remove_users,
    reset_passwords,
    restore_users,
)
from accounts.services.users.me import record_sign_in, set_preferences
from accounts.services.users.passwords import choose_password
from accounts.services.users.purging import purge_due_users
from customers.actions import Action
from customers.models import Customer, Partner
from customers.roles import Role
from customers.services.customers import add_customer, change_customer
from customers.services.domains import add_domain, make_primary, remove_domain
from customers.services.exports import record_export
from customers.services.partners import add_partner, change_partner
from licensing.models import Product, Subscription
from licensing.services.products import Facts, add_product, change_product
from licensing.services.subscriptions import (
    add_subscription,
    cancel_subscription,
    change_seats,
    resume_subscription,
    suspend_subscription,
)
from tests.accounts.audited import LICENSES_AND_PASSWORDS
from tests.accounts.signin.second_steps import give_app, recovery_codes, sign_in_elsewhere
from tests.accounts.verbs import fresh, subscribe
from tests.api.audited import API
from tests.applications.audited import APPLICATIONS
from tests.automation.audited import AUTOMATION, AUTOMATION_ALONE
from tests.factories import DomainFactory, ProductFactory, StaffFactory
from tests.licensing.audited import OWN_PRODUCTS
from tests.support.cast import PASSWORD, Cast
from tests.uploads.audited import UPLOADS


class Stage:
    """The cast with what the verbs need."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.alice, self.support, self.uma = cast.alice, cast.support, cast.uma
        self.contoso: Customer = cast.contoso
        self.partner: Partner = cast.fabrikam
        self.at: dict[str, Any] = {"customer": self.contoso, "actor": cast.alice}

    def pool(self, *holders: Any) -> Subscription:
        return subscribe(self.cast, "Teams", *holders)

    def sheet(self) -> Any:
        return reset_passwords([self.uma], **self.at).sheet

    def facts(self, name: str = "Visio") -> Facts:
        return Facts(name, True, [], [], [], {})

    def product(self) -> Product:
        return add_product("V1", self.facts(), actor=self.support)

    def colleague(self) -> Any:
        return StaffFactory.create(partner=self.partner, roles=[Role.HELPDESK_AGENT])

    def details(self, user: Any = None, **more: Any) -> staff.StaffDetails:
        name = user.user_name if user else "new@fabrikam.example"
        fields = {"display_name": "New", "first_name": "", "last_name": ""}
        return staff.StaffDetails(name, fields, **more)

    def gone(self) -> Any:
        return delete_users([self.uma], **self.at)

    def new_user(self) -> NewUser:
        pool = self.pool()
        domain = self.contoso.domains.get(is_primary=True)
        wanted = (License(pool.pk),)
        return NewUser("new", domain, "New", {"usage_location": "SE"}, licenses=wanted)

    def license(self) -> Any:
        pool = self.pool()
        type(self.uma).objects.filter(pk=self.uma.pk).update(usage_location="SE")
        return change_licenses([self.uma], {pool.pk: LicenseChange(have=True)}, **self.at)

    def step(self) -> Authenticator:
        give_app(self.alice)
        return Authenticator.objects.get(user=self.alice, type="totp")

    def session(self) -> UserSession:
        sign_in_elsewhere(self.alice)
        return UserSession.objects.get(user=self.alice)

    def purge(self) -> Any:
        self.gone()
        type(self.uma).objects.filter(pk=self.uma.pk).update(purge_after=timezone.now())
        return purge_due_users()


Do = Callable[[Stage], Any]
_read: dict[str, Any] = {"action": Action.SHEET_SHOWN}
# What each verb does, and the events that it writes last, with whether they hold before and after.
VERBS: dict[str, tuple[Do, list[str], bool]] = {
    "add_partner": (
        lambda s: add_partner(
            actor=s.support, name="Tailspin", country="US", primary_domain="tailspin.example"
        ),
        ["partner.added", "domain.added"],
        False,
    ),
    "change_partner": (
        lambda s: change_partner(s.partner, actor=s.support, country="SE"),
        ["partner.changed"],
        True,
    ),
    "add_customer": (
        lambda s: add_customer(
            actor=s.alice, name="Adventure", primary_domain="adventure.example", country="US"
        ),
        ["customer.added", "domain.added"],
        False,
    ),
    "change_customer": (
        lambda s: change_customer(s.contoso, actor=s.alice, country="SE"),
        ["customer.changed"],
        True,
    ),
    "add_domain": (
        lambda s: add_domain(s.contoso, "more.example", actor=s.alice),
        ["domain.added"],
        False,
    ),
    "make_primary": (
        lambda s: make_primary(DomainFactory.create(customer=s.contoso), actor=s.alice),
        ["domain.primary"],
        True,
    ),
    "remove_domain": (
        lambda s: remove_domain(DomainFactory.create(customer=s.contoso), actor=s.alice),
        ["domain.removed"],
        False,
    ),
    "record_export": (
        lambda s: record_export("user", 3, "csv", actor=s.alice, customer=s.contoso),
        ["list.exported"],
        False,
    ),
    "add_product": (lambda s: s.product(), ["product.added"], False),
    "change_product": (
        lambda s: change_product(s.product(), s.facts("Visio 2"), actor=s.support),
        ["product.changed"],
        True,
    ),
    "add_subscription": (
        lambda s: add_subscription(
            s.contoso,
            ProductFactory.create(),
            quantity=3,
            renews_on=date(2030, 1, 1),
            actor=s.alice,
        ),
        ["subscription.added"],
        False,
    ),
    "change_seats": (
        lambda s: change_seats(s.pool(), 9, actor=s.alice),
        ["subscription.seats"],
        True,
    ),
    "suspend_subscription": (
        lambda s: suspend_subscription(s.pool(), actor=s.alice),
        ["subscription.suspended"],
        True,
    ),
    "resume_subscription": (
        lambda s: resume_subscription(suspend_subscription(s.pool(), actor=s.alice), actor=s.alice),
        ["subscription.resumed"],
        True,
    ),
    "cancel_subscription": (
        lambda s: cancel_subscription(s.pool(s.uma), actor=s.alice),
        ["subscription.canceled"],
        False,
    ),
    "add_unseen_users": (
        lambda s: add_unseen_users([s.new_user()], **s.at),
        ["license.assigned", "user.added"],
        False,
    ),
    "add_users": (
        lambda s: add_users([s.new_user()], **s.at),
        ["user.added", "license.assigned"],
        False,
    ),
    "change_user": (
        lambda s: change_user(s.uma, fields={"city": "Oslo"}, **s.at),
        ["user.changed"],
        True,
    ),
    "change_users": (
        lambda s: change_users([s.uma], fields={"department": "Sales"}, **s.at),
        ["user.changed"],
        True,
    ),
    "block_users": (lambda s: block_users([s.uma], **s.at), ["user.blocked"], False),
    "allow_users": (
        lambda s: [block_users([s.uma], **s.at), allow_users([s.uma], **s.at)],
        ["user.allowed"],
        False,
    ),
    "delete_users": (lambda s: s.gone(), ["user.deleted"], False),
    "restore_users": (
        lambda s: [s.gone(), restore_users([s.uma], **s.at)],
        ["user.restored"],
        False,
    ),
    "remove_users": (
        lambda s: [s.gone(), remove_users([s.uma], **s.at)],
        ["user.removed"],
        False,
    ),
    "export_user": (
        lambda s: export_user(s.uma, actor=s.alice),
        ["user.exported"],
        False,
    ),
    "read_sheet": (
        lambda s: credentials.read_sheet(s.sheet(), actor=s.alice, **_read),
        ["sheet.shown"],
        False,
    ),
    "stream_sheet": (
        lambda s: list(credentials.stream_sheet(s.sheet(), actor=s.alice, **_read)),
        ["sheet.shown"],
        False,
    ),
    "destroy_sheet": (
        lambda s: credentials.destroy_sheet(s.sheet(), actor=s.alice),
        ["sheet.destroyed"],
        False,
    ),
    "mail_sheet": (
        lambda s: mail.mail_sheet(s.sheet(), MailTo.SELF, actor=s.alice),
        ["sheet.mailed"],
        False,
    ),
    "add_staff": (
        lambda s: staff.add_staff(s.details(), partner=s.partner, actor=s.support),
        ["staff.added"],
        True,
    ),
    "change_staff": (
        lambda s: staff.change_staff(
            (who := s.colleague()), s.details(who, roles=[Role.SALES_AGENT]), actor=s.support
        ),
        ["staff.changed"],
        True,
    ),
    "reset_staff_password": (
        lambda s: staff.reset_staff_password(
            (who := s.colleague()), epoch=who.session_epoch, actor=s.support
        ),
        ["password.reset"],
        False,
    ),
    "block_staff": (
        lambda s: staff.block_staff([s.colleague()], actor=s.support),
        ["user.blocked"],
        False,
    ),
    "allow_staff": (
        lambda s: [
            staff.block_staff([who := s.colleague()], actor=s.support),
            staff.allow_staff([fresh(who)], actor=s.support),
        ],
        ["user.allowed"],
        False,
    ),
    "limit_staff": (
        lambda s: staff.limit_staff(
            s.colleague(), limited=True, opened=[s.contoso], actor=s.support
        ),
        ["staff.changed"],
        True,
    ),
    "note_password_shown": (
        lambda s: staff.note_password_shown(s.colleague(), actor=s.support),
        ["password.shown"],
        False,
    ),
    "remove_staff": (
        lambda s: staff.remove_staff([s.colleague()], actor=s.support),
        ["staff.removed"],
        False,
    ),
    "change_group": (
        lambda s: staff.change_group(
            Group.objects.create(name="Readers"), name="Viewers", permissions=[], actor=s.support
        ),
        ["staff.changed"],
        True,
    ),
    "remove_group": (
        lambda s: staff.remove_group(Group.objects.create(name="Readers"), actor=s.support),
        ["staff.changed"],
        True,
    ),
    "add_app": (
        lambda s: add_app("SECRET", used_step=0, actor=s.alice),
        ["step.added", "codes.made"],
        False,
    ),
    "add_passkey": (
        lambda s: add_passkey("Key ring", {}, actor=s.alice),
        ["step.added", "codes.made"],
        False,
    ),
    "remove_step": (lambda s: remove_step(s.step(), actor=s.alice), ["step.removed"], False),
    "make_recovery_codes": (
        lambda s: [s.step(), make_recovery_codes(actor=s.alice)],
        ["codes.made", "codes.made"],
        False,
    ),
    "read_recovery_codes": (
        lambda s: [s.step(), read_recovery_codes(actor=s.alice)],
        ["codes.shown"],
        False,
    ),
    "reset_second_factor": (
        lambda s: [give_app(s.uma), reset_second_factor([s.uma], actor=s.alice)],
        ["step.reset"],
        False,
    ),
    "allow_codes": (lambda s: allow_codes([s.uma], actor=s.alice), ["step.allowed"], False),
    "end_sessions": (
        lambda s: end_sessions([s.session()], actor=s.alice),
        ["session.ended"],
        False,
    ),
    **UPLOADS,
    **APPLICATIONS,
    **OWN_PRODUCTS,
    **LICENSES_AND_PASSWORDS,
    **API,
    **AUTOMATION,
}
IN_OSLO = {"time_zone": "Europe/Oslo", "language": ""}
# Verbs without an actor: who acts is the user, or the portal.
ALONE: dict[str, tuple[Do, list[str]]] = {
    "record_sign_in": (lambda s: record_sign_in(s.uma), ["user.signed_in"]),
    "choose_password": (lambda s: choose_password(s.uma, PASSWORD), ["password.changed"]),
    "set_preferences": (lambda s: set_preferences(s.uma, **IN_OSLO), ["user.changed"]),
    "use_code": (
        lambda s: [give_app(s.uma), use_code(s.uma, recovery_codes(s.uma)[0])],
        ["codes.used"],
    ),
    "use_code that is wrong": (
        lambda s: [give_app(s.uma), use_code(s.uma, "no code")],
        ["step.refused"],
    ),
    "refuse_step": (lambda s: refuse_step(s.uma, "webauthn"), ["step.refused"]),
    "refuse_step often": (
        lambda s: [refuse_step(s.uma, "code") for _time in range(11)],
        ["step.refused", "step.warned", *["step.refused"] * 10],
    ),
    "purge_due_users": (lambda s: s.purge(), ["user.removed"]),
    **AUTOMATION_ALONE,
}
