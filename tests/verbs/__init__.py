"""Every verb of the services that names its actor, with its row of the role table and one call.

A test holds the list against the modules: a verb without a row is a failure.
"""

import importlib
import inspect
import pkgutil

from tests.verbs.applications import APPLICATIONS
from tests.verbs.company import CUSTOMERS, LOOKING, OWN, SUBSCRIPTIONS, SUPPORT, TEAM
from tests.verbs.own_products import OWN_PRODUCTS
from tests.verbs.reports import REPORTS
from tests.verbs.requests import REQUESTS
from tests.verbs.reviews import REVIEWS
from tests.verbs.rules import RULES
from tests.verbs.scene import Scene, Verb
from tests.verbs.schedules import SCHEDULES
from tests.verbs.signing_in import RESETTING, SIGNING_IN
from tests.verbs.sources import SOURCES
from tests.verbs.tokens import INTEGRATIONS
from tests.verbs.users import PERFORMED, RUNNING, UPLOADS, USERS
from tests.verbs.webhooks import WEBHOOKS

__all__ = ["OWN", "PERFORMED", "STEPS", "VERBS", "Scene", "Verb", "names", "verb_of"]

SERVICES = (
    "automation.services",
    *("api.services", "applications.services", "uploads.services"),
    *("accounts.services", "licensing.services", "customers.services"),
)
# Steps within a verb, which has asked before; nothing else calls them.
STEPS = {
    "automation.services.reviews.taking.check_may_manage",
    "automation.services.reviews.starting.find_review",
    "automation.services.applying.apply",
    "automation.services.rules.except_users",
    "automation.services.rules.lock_rules",
    "automation.services.rules.take_rule",
    "automation.services.rule_switching.turn",
    "api.services.integrations.take_integration",
    "api.services.webhooks.take_webhook",
    "api.services.sources.take_source",
    "applications.services.applications.take_application",
    "accounts.services.credentials.check_reader",
    "accounts.services.credentials.empty_sheet",
    "accounts.services.credentials.open_sheet",
    "accounts.services.credentials.write_sheet",
    "accounts.services.licenses.single.give",
    "accounts.services.licenses.single.look",
    "accounts.services.licenses.writing.write_steps",
    "accounts.services.second_steps.record.log",
    "accounts.services.second_steps.removing.lock_reachable",
    "accounts.services.staff.locking.check_may",
    "accounts.services.staff.locking.take_one",
    "accounts.services.staff.locking.take_staff",
    "accounts.services.staff.writing.log",
    "uploads.services.changes.write_changes",
    "uploads.services.editing.judge_again",
    "uploads.services.forgetting.remember_columns",
    "uploads.services.receiving.lock_open",
    "uploads.services.writing.write_upload",
    "accounts.services.users.inserting.write_unseen_users",
    "accounts.services.users.inserting.write_users",
    "accounts.services.users.locking.check_not_self",
    "accounts.services.users.locking.check_reach",
    "accounts.services.users.locking.check_roles",
    "accounts.services.users.locking.take_briefs",
    "accounts.services.users.locking.take_crowd",
    "accounts.services.users.locking.take_users",
    "accounts.services.users.owning.check_owned",
    "accounts.services.users.owning.kept_elsewhere",
    "accounts.services.users.purging.remove_rows",
    "accounts.services.users.restoring.bring_back",
    "automation.services.leaving.find_plan",
    "accounts.services.users.starts.plan_starts",
    "accounts.services.users.starts.tell_moved",
    "customers.services.audit.record",
    "customers.services.audit.record_alike",
    "customers.services.audit.record_one",
    "customers.services.audit.row",
    "customers.services.batches.batch_of_one",
    "customers.services.batches.cancel_batch",
    "customers.services.batches.find_batch",
    "customers.services.batches.leave_batch",
    "customers.services.batches.open_batch",
}


VERBS: dict[str, Verb] = {
    **USERS,
    **RUNNING,
    **UPLOADS,
    **OWN,
    **LOOKING,
    **SUBSCRIPTIONS,
    **CUSTOMERS,
    **TEAM,
    **SUPPORT,
    **SIGNING_IN,
    **RESETTING,
    **APPLICATIONS,
    **INTEGRATIONS,
    **OWN_PRODUCTS,
    **WEBHOOKS,
    **SOURCES,
    **SCHEDULES,
    **REVIEWS,
    **REQUESTS,
    **RULES,
    **REPORTS,
}


def names() -> set[str]:
    """Each function of the services with a keyword `actor`."""
    found = set()
    for package in SERVICES:
        root = importlib.import_module(package)
        for info in pkgutil.walk_packages(root.__path__, f"{package}."):
            module = importlib.import_module(info.name)
            verbs = [name for name, value in vars(module).items() if _is_verb(value, info.name)]
            found |= {f"{info.name}.{name}" for name in verbs if not name.startswith("_")}
    return found


def _is_verb(value: object, module: str) -> bool:
    if not inspect.isfunction(value) or value.__module__ != module:
        return False
    actor = inspect.signature(value).parameters.get("actor")
    return actor is not None and actor.kind is inspect.Parameter.KEYWORD_ONLY


def verb_of(case: str) -> str:
    """A verb may have several calls: what follows # tells them apart."""
    return case.partition("#")[0]
