"""Every verb of every service stands in the activity log, or here with the reason why not."""

import ast
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import MailTo
from accounts.services import credentials, mail, staff
from accounts.services.licenses import LicenseChange, change_licenses
from accounts.services.users import (
    License,
    NewUser,
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
from accounts.services.users.own import set_time_zone
from accounts.services.users.passwords import choose_password
from accounts.services.users.purging import purge_due_users
from customers.actions import Action
from customers.models import AuditEvent, Customer, Partner
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
from tests.accounts.uploading import HEADINGS, confirmed, upload_of
from tests.accounts.verbs import fresh, subscribe
from tests.cast import PASSWORD, Cast
from tests.factories import DomainFactory, ProductFactory, StaffFactory
from tests.house import APPS, modules, tree

OWN = "one's own: nobody else sees or misses it"
PART = "a part of a verb, whose event it is"
RECORD = "the record itself"
CHECK = "looks and locks, and changes nothing"
BEFORE = "nothing is anybody's account before Confirm; what the upload writes is logged"

NO_EVENT = {
    "accounts/services/credentials.py": {"write_sheet": PART, "open_sheet": PART},
    "accounts/services/filters.py": {"save_filter": OWN, "delete_filter": OWN},
    "accounts/services/licenses/writing.py": {"write_steps": PART},
    "accounts/services/running.py": {
        "perform": "hands to the verbs",
        "cancel": "nothing of it was done; the batch says who canceled it",
    },
    "accounts/services/selections.py": {
        "choose": OWN,
        "choose_all": OWN,
        "choose_nobody": OWN,
    },
    "accounts/services/undo/undoing.py": {
        "plan_undo": CHECK,
        "can_undo": CHECK,
        "undo_batch": "leaves a batch, whose run is logged (tests/accounts/test_undo_service.py)",
    },
    "accounts/services/uploads/changes.py": {"change_people": PART},
    "accounts/services/uploads/confirming.py": {
        "confirm_upload": BEFORE,
        "stop_upload": BEFORE,
    },
    "accounts/services/uploads/editing.py": {"edit_row": BEFORE, "decide_row": BEFORE},
    "accounts/services/uploads/receiving.py": {
        "receive_upload": BEFORE,
        "lock_open": CHECK,
        "answer": BEFORE,
        "map_columns": BEFORE,
        "choose_options": BEFORE,
        "cancel_upload": BEFORE,
    },
    "accounts/services/users/inserting.py": {"write_people": PART},
    "accounts/services/users/locking.py": {
        "take_people": CHECK,
        "take_briefs": CHECK,
        "take_crowd": CHECK,
        "check_not_self": CHECK,
        "check_reach": CHECK,
        "check_roles": CHECK,
        "check_actor": CHECK,
        "beyond_reach": CHECK,
        "oneself": CHECK,
    },
    "accounts/services/users/purging.py": {"remove_rows": PART},
    "accounts/services/users/restoring.py": {"bring_back": PART},
    "customers/services/audit.py": {"record": RECORD, "record_alike": RECORD, "row": RECORD},
    "customers/services/batches.py": {
        "open_batch": RECORD,
        "leave_batch": RECORD,
        "cancel_batch": RECORD,
        "find_batch": RECORD,
    },
}
# The demo makes up a past with the verbs that are tested here.
LEFT_OUT = ("demo",)


class Stage:
    """The cast with what the verbs need."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.alice, self.support, self.uma = cast.alice, cast.support, cast.uma
        self.contoso: Customer = cast.contoso
        self.partner: Partner = cast.fabrikam
        self.at = {"customer": self.contoso, "actor": cast.alice}

    def pool(self, *holders: Any) -> Subscription:
        return subscribe(self.cast, "Teams", *holders)

    def sheet(self) -> Any:
        return reset_passwords([self.uma], **self.at).sheet

    def facts(self, name: str = "Visio") -> Facts:
        return Facts(
            name, is_offered=True, blocked_countries=[], requires=[], conflicts=[], plans={}
        )

    def product(self) -> Product:
        return add_product("V1", self.facts(), actor=self.support)

    def colleague(self) -> Any:
        return StaffFactory.create(partner=self.partner, roles=[Role.HELPDESK_AGENT])

    def details(self, user: Any = None, **more: Any) -> staff.StaffDetails:
        name = user.user_name if user else "new@fabrikam.example"
        fields = {"display_name": "New", "first_name": "", "last_name": ""}
        return staff.StaffDetails(name, fields, **more)

    def gone(self) -> None:
        delete_users([self.uma], **self.at)

    def upload(self) -> None:
        rows = [HEADINGS, ["ada@contoso.example", "Ada", "", ""]]
        confirmed(upload_of(rows, customer=self.contoso, actor=self.alice), actor=self.alice)

    def newcomer(self) -> NewUser:
        pool = self.pool()
        domain = self.contoso.domains.get(is_primary=True)
        wanted = (License(pool.pk),)
        return NewUser("new", domain, "New", {"usage_location": "SE"}, licenses=wanted)

    def license(self) -> None:
        pool = self.pool()
        type(self.uma).objects.filter(pk=self.uma.pk).update(usage_location="SE")
        change_licenses([self.uma], {pool.pk: LicenseChange(have=True)}, **self.at)

    def purge(self) -> None:
        self.gone()
        type(self.uma).objects.filter(pk=self.uma.pk).update(purge_after=timezone.now())
        purge_due_users()


Do = Callable[[Stage], Any]
_read = {"action": Action.SHEET_SHOWN}
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
    "add_users": (
        lambda s: add_users([s.newcomer()], **s.at),
        ["user.added", "license.assigned"],
        False,
    ),
    "write_upload": (lambda s: s.upload(), ["user.added"], False),
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
    "reset_passwords": (lambda s: s.sheet(), ["password.reset"], False),
    "change_licenses": (lambda s: s.license(), ["license.assigned"], False),
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
}
# Verbs without an actor: who acts is the person, or the portal.
ALONE: dict[str, tuple[Do, list[str]]] = {
    "choose_password": (lambda s: choose_password(s.uma, PASSWORD), ["password.changed"]),
    "set_time_zone": (lambda s: set_time_zone(s.uma, "Europe/Oslo"), ["user.changed"]),
    "purge_due_users": (lambda s: s.purge(), ["user.removed"]),
}


def discovered() -> dict[str, set[str]]:
    """The public functions of services that are told who acts, by module."""
    found: dict[str, set[str]] = {}
    for module in modules(*APPS):
        if "services" not in str(module) or not set(LEFT_OUT).isdisjoint(module.parts):
            continue
        for node in tree(module).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                arguments = [*node.args.kwonlyargs, *node.args.args]
                if "actor" in {argument.arg for argument in arguments}:
                    found.setdefault(str(module), set()).add(node.name)
    return found


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast)


def test_each_verb_is_tried_or_has_a_reason() -> None:
    found = discovered()
    wanted = {name for names in found.values() for name in names}
    excused = {name for names in NO_EVENT.values() for name in names}
    assert wanted - excused == VERBS.keys()
    stale = {module: names.keys() - found.get(module, set()) for module, names in NO_EVENT.items()}
    assert {module: names for module, names in stale.items() if names} == {}


@pytest.mark.parametrize("name", VERBS)
def test_each_verb_writes_its_events(stage: Stage, name: str) -> None:
    do, actions, has_both = VERBS[name]
    do(stage)
    events = list(AuditEvent.objects.select_related("names").order_by("-pk")[: len(actions)])
    assert {event.action for event in events} == set(actions)
    assert {event.actor_id for event in events} <= {stage.alice.pk, stage.support.pk}
    assert {bool(event.names.actor and event.names.target) for event in events} == {True}
    values = [*events[0].changes.values(), *events[0].names.changes.values()]
    pairs = [value for value in values if isinstance(value, list) and len(value) == 2]
    assert not has_both or any(before != after for before, after in pairs)


@pytest.mark.parametrize("name", ALONE)
def test_what_nobody_else_does_is_logged_too(stage: Stage, name: str) -> None:
    do, actions = ALONE[name]
    do(stage)
    events = list(AuditEvent.objects.order_by("-pk")[: len(actions)])
    assert [event.action for event in events] == actions


def test_every_action_is_written_by_some_verb() -> None:
    written = {action for _do, actions, _both in VERBS.values() for action in actions}
    written |= {action for _do, actions in ALONE.values() for action in actions}
    elsewhere = {"license.revoked", "license.services", "sheet.printed", "sheet.downloaded"}
    assert written | elsewhere == set(Action.values)
