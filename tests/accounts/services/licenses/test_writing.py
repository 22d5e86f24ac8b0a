"""A planned change of licenses, written down."""

from accounts.models import User
from accounts.queries.license_groups import Held
from accounts.services.licenses import Step, items_of, write_steps
from accounts.services.licenses.writing import events_of
from customers.actions import Action
from customers.models import Batch, BatchKind
from customers.services import batches
from licensing.models import Product, Subscription
from tests.accounts.verbs import held, subscribe
from tests.factories import UserFactory, assign
from tests.support.cast import Cast
from tests.support.log import Line, log

ANN, BEN = 1, 2
POOLS = {
    pk: Subscription(pk=pk, product=Product(pk=pk * 10, name=name))
    for pk, name in ((1, "Teams"), (2, "Visio"), (3, "Calls"))
}
STEP = Step(
    [ANN, BEN],
    "US",
    {1: Held(10, ("CHAT",)), 2: Held(20), 3: Held(30)},
    {2: Held(20, ("MAIL",)), 3: Held(30)},
)
TAKEN = Step([ANN], "US", {}, {1: Held(10), 3: Held(30, ("CHAT",))})


def test_an_item_tells_of_what_was_touched_and_of_nothing_else() -> None:
    [item] = items_of([STEP])
    assert item.users == [ANN, BEN]
    assert item.before == {"licenses": {"1": ["CHAT"], "2": []}}
    assert item.after == {"licenses": {"1": None, "2": ["MAIL"]}}


def test_a_license_that_was_not_held_before_is_none_before() -> None:
    [item] = items_of([TAKEN])
    assert item.before == {"licenses": {"1": None, "3": None}}
    assert item.after == {"licenses": {"1": [], "3": ["CHAT"]}}


def test_the_log_has_an_event_for_each_subscription_of_each_user() -> None:
    found = events_of([STEP, TAKEN], {ANN: "Ann", BEN: "Ben"}, POOLS)
    both = [(ANN, "Ann"), (BEN, "Ben")]
    assert [(event.action, list(event.targets), event.changes) for event in found] == [
        (Action.LICENSE_ASSIGNED, [(ANN, "Ann")], {"product": "Teams"}),
        (
            Action.LICENSE_ASSIGNED,
            [(ANN, "Ann")],
            {"product": "Calls", "services_off": ["CHAT"]},
        ),
        (Action.LICENSE_REVOKED, both, {"product": "Teams", "services_off": ["CHAT"]}),
        (Action.LICENSE_SERVICES, both, {"product": "Visio", "services_off": [[], ["MAIL"]]}),
    ]


def open_batch(cast: Cast) -> Batch:
    return batches.open_batch(BatchKind.LICENSES, actor=cast.alice, customer=cast.contoso)


def write(cast: Cast, step: Step, *subscriptions: Subscription) -> None:
    pools = {row.pk: row for row in subscriptions}
    users = User.objects.in_bulk(step.users)
    names = {pk: user.display_name for pk, user in users.items()}
    write_steps([step], names, pools, actor=cast.alice, batch=open_batch(cast))


def test_seats_are_moved_and_plans_switched(cast: Cast) -> None:
    ann, ben = UserFactory.create_batch(2, customer=cast.contoso)
    old, new, kept = (subscribe(cast, name) for name in ("Old", "New", "Kept"))
    assign(old, ann, ben)
    assign(kept, ann, ben)
    before = {old.pk: Held(old.product_id), kept.pk: Held(kept.product_id)}
    later = {new.pk: Held(new.product_id), kept.pk: Held(kept.product_id, ("CHAT",))}
    write(cast, Step([ann.pk, ben.pk], "US", before, later), old, new, kept)
    assert [held(user) for user in (ann, ben)] == [[("Kept", ["CHAT"]), ("New", [])]] * 2


def test_what_was_done_is_in_the_log_under_the_batch(cast: Cast) -> None:
    teams = subscribe(cast)
    step = Step([cast.uma.pk], "US", {}, {teams.pk: Held(teams.product_id, ("CHAT",))})
    write(cast, step, teams)
    assert log() == [
        Line("license.assigned", "Uma", {"product": "Teams", "services_off": ["CHAT"]})
    ]


def test_a_step_that_touches_nothing_writes_nothing(cast: Cast) -> None:
    teams = subscribe(cast, "Teams", cast.uma)
    same = {teams.pk: Held(teams.product_id)}
    write(cast, Step([cast.uma.pk], "US", same, same), teams)
    assert log() == []
    assert held(cast.uma) == [("Teams", [])]
