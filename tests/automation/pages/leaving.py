"""The pages of what is done by itself, on the demo's data."""

from accounts.models import User
from automation.leave_steps import STEP_OF, STEPS, Wanted
from automation.models import SchedulePlan
from automation.services.leaving import plan_leave, run_plan
from automation.services.leaving_undo import ask_to_undo, undo_plan
from customers.models import Customer
from customers.services.batches import new_key
from tests.automation.services.scheduling import in_days
from tests.support.page_of import PageOf, url

# Of plans to remove users, by the role of who manages users.
LEAVE = {f"automation:leave{part}" for part in ("", "-list", "-detail", "-undo")}


def pages_of_leaving(customer: Customer, alice: User) -> list[PageOf]:
    """One for whom all waits, one that was done, one that was undone, and a customer of none."""
    living = customer.users.filter(deleted_at=None, blocked_at=None, last_login=None)
    waits, done, undone, *others = living.exclude(assignments=None).order_by("-pk")[:6]
    ids = [user.pk for user in others]
    in_time = [Wanted(step, in_days(1 + step.after.days)) for step in STEPS]
    at_once = [Wanted(STEP_OF[kind]) for kind in ("block", "reset", "licenses", "delete")]
    begun = [Wanted(STEP_OF["block"]), Wanted(STEP_OF["delete"], in_days(30))]
    plans = {
        "waiting": _planned(waits, in_time, customer, alice),
        "done": _planned(done, at_once, customer, alice),
        "undone": _planned(undone, begun, customer, alice),
    }
    ask_to_undo(plans["undone"], actor=alice, key=new_key())
    undo_plan(plans["undone"].pk)
    one = {"customer": customer.pk}
    other = customer.partner.customers.exclude(pk=customer.pk).order_by("pk")[0]
    nobody = {"customer": other.pk}
    return [
        PageOf("automation:leave", url("automation:leave", one, user=ids[0])),
        PageOf(
            "automation:leave", url("automation:leave", one, user=[*ids, waits.pk]), variant="many"
        ),
        PageOf("automation:leave", url("automation:leave", one, user=waits.pk), variant="none"),
        PageOf("automation:leave-list", url("automation:leave-list", one)),
        PageOf(
            "automation:leave-list",
            url("automation:leave-list", nobody),
            variant="none",
        ),
        *(
            PageOf(name, url(name, {**one, "plan": plan.pk}), variant=variant)
            for variant, plan in plans.items()
            for name in ("automation:leave-detail", "automation:leave-undo")
        ),
        PageOf(
            "accounts:user-detail",
            url("accounts:user-detail", {**one, "user": waits.pk}),
            variant="leaving",
        ),
        PageOf(
            "accounts:user-detail",
            url("accounts:user-detail", {**one, "user": done.pk}),
            variant="left",
        ),
    ]


def _planned(user: User, wanted: list[Wanted], customer: Customer, alice: User) -> SchedulePlan:
    made = plan_leave([user], wanted, customer=customer, actor=alice, reason="Ticket 4711")
    run_plan(made.plan.pk)
    return made.plan
