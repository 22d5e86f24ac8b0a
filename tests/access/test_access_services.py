"""Every verb of the services as every user: the role table again, where no page is in between."""

from collections.abc import Sequence

import pytest
from django.apps import apps
from django.db import connection, models
from pytest_django import Settings

from accounts.models import CredentialSheet, SavedFilter, User
from accounts.services.running import perform
from accounts.services.users import block_users, delete_users
from customers.errors import Refused
from customers.models import Batch
from customers.roles import Reach, Role
from tests.factories import DomainFactory, ProductFactory, StaffFactory, UserFactory
from tests.support.access import World, undone
from tests.support.role_table import reach_in_table
from tests.verbs import OWN, PERFORMED, STEPS, VERBS, Scene, Verb, names, verb_of

Scenes = dict[str, Scene]


@pytest.fixture
def scenes(world: World) -> Scenes:
    DomainFactory.create(customer=world.cast.contoso, name="spare.example")
    ProductFactory.create(sku="SPARE")
    return {
        "a plain user": _scene(world),
        "an administrator": _scene(world, Role.GLOBAL_ADMIN),
    }


def _scene(world: World, *roles: Role) -> Scene:
    contoso, alice = world.cast.contoso, world.cast.alice
    living, blocked, deleted = UserFactory.create_batch(3, customer=contoso, roles=roles)
    blocking = block_users([blocked], customer=contoso, actor=alice)
    delete_users([deleted], customer=contoso, actor=alice)
    return Scene(world, living, blocked, deleted, blocking)


def test_each_verb_that_names_its_actor_has_its_row() -> None:
    assert names() == STEPS | {verb_of(case) for case in VERBS}


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_each_role_does_what_the_table_says_and_nothing_else(
    role: Role | None, scenes: Scenes
) -> None:
    actors = [scenes["a plain user"].world.user_with(role)]
    if role is None:
        actors.append(scenes["a plain user"].world.cast.uma)
    for actor in actors:
        expected = {
            (case, target): _expected(VERBS[case], role, target) for case, target in _cases(scenes)
        }
        assert _tried(scenes, actor) == expected


def _expected(verb: Verb, role: Role | None, target: str) -> str:
    if verb.oneself:
        return "done"
    reach = reach_in_table(verb.row, role) if verb.row else Reach.NONE
    beyond = reach == Reach.LIMITED and verb.on_user and target == "an administrator"
    short = verb.fully and reach != Reach.FULL
    return "refused" if reach == Reach.NONE or beyond or short else "done"


def test_support_staff_do_all_of_it(scenes: Scenes) -> None:
    found = _tried(scenes, scenes["a plain user"].world.cast.support)
    refused = {case for (case, _target), outcome in found.items() if outcome != "done"}
    assert refused == {case for case, verb in VERBS.items() if not verb.by_support}


@pytest.mark.parametrize(
    "who",
    [
        "another partner's account admin",
        "another customer's Global administrator",
        "an account admin limited to another customer",
        "a blocked account admin",
    ],
)
def test_a_stranger_does_nothing(who: str, scenes: Scenes) -> None:
    world = scenes["a plain user"].world
    fabrikam, northwind = world.cast.fabrikam, world.cast.northwind
    strangers = {
        "another partner's account admin": lambda: world.cast.charlie,
        "another customer's Global administrator": lambda: UserFactory.create(
            customer=northwind, roles=[Role.GLOBAL_ADMIN]
        ),
        "an account admin limited to another customer": lambda: StaffFactory.create(
            partner=fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[northwind]
        ),
        "a blocked account admin": lambda: _blocked(world),
    }
    actor = strangers[who]()
    own = {case for case, verb in VERBS.items() if verb.unasked}
    if "blocked" not in who:
        own |= {case for case, verb in VERBS.items() if verb.oneself}
        # One's own filter is one's own, wherever one may look.
        own.add("accounts.services.filters.delete_filter")
        # What names neither customer nor team is done for the stranger's own.
        own |= {case for case, verb in VERBS.items() if verb.anywhere and actor.partner}
    found = _tried(scenes, actor)
    assert {case for (case, _target), outcome in found.items() if outcome == "done"} == own


def _blocked(world: World) -> User:
    actor = world.user_with(Role.ACCOUNT_ADMIN)
    User.objects.filter(pk=actor.pk).update(blocked_at=actor.added_at)
    # As the session knew them.
    return actor


def test_anothers_sheet_and_filter_stay_closed(scenes: Scenes) -> None:
    """But for the partner's account admins, who read every sheet."""
    scene = scenes["a plain user"]
    sheets = {case for case in OWN if "filter" not in case}
    for role in Role:
        actor = scene.world.user_with(role)
        done = {case for case, verb in OWN.items() if _outcome(verb, scene, actor) == "done"}
        assert done == (sheets if role == Role.ACCOUNT_ADMIN else set()), role


@pytest.mark.parametrize("kind", PERFORMED)
def test_nobody_leaves_to_a_task_what_they_may_not_do(
    kind: str, scenes: Scenes, settings: Settings
) -> None:
    settings.PEOPLE_AT_ONCE = 0
    scene = scenes["a plain user"]
    row = next(verb.row for case, verb in VERBS.items() if case.endswith(f"#{kind}"))
    for role in Role:
        actor, before = scene.world.user_with(role), Batch.objects.count()
        try:
            perform(kind, [scene.living.pk], customer=scene.contoso, actor=actor)  # type: ignore[arg-type]
        except Refused:
            assert reach_in_table(row, role) == Reach.NONE, role
            assert Batch.objects.count() == before
        else:
            assert reach_in_table(row, role) != Reach.NONE, role


def _tried(scenes: Scenes, actor: User) -> dict[tuple[str, str], str]:
    """What came of each verb, on either user; sheets and filters are the actor's own."""
    CredentialSheet.objects.update(by=actor)
    SavedFilter.objects.update(owner=actor)
    return {
        (case, target): _outcome(VERBS[case], scenes[target], actor)
        for case, target in _cases(scenes)
    }


def _cases(scenes: Scenes) -> list[tuple[str, str]]:
    """Every verb, and on either user where it is done to one."""
    return [
        (case, target)
        for target in scenes
        for case, verb in VERBS.items()
        if verb.on_user or target == "a plain user"
    ]


def _outcome(verb: Verb, scene: Scene, actor: User) -> str:
    """What is refused is so in words, and nothing was written."""
    with undone():
        verb.prepare(scene)
        before = _written()
        try:
            verb.call(scene, actor)
        except Refused as refusal:
            if not str(refusal).endswith("."):
                return "refused without a sentence"
            return "refused" if _written() == before else "refused, and written"
    return "done"


# The servers that have the plan of `_written`: there are dozens of tables, of few rows each.
_planned: set[int] = set()


def _written() -> Sequence[object]:
    """Changes with any row that is added, changed or removed in one of our tables."""
    with connection.cursor() as cursor:
        backend = connection.connection.info.backend_pid
        if backend not in _planned:
            _planned.add(backend)
            tables = sorted({model._meta.db_table for model in _models()})
            row = "(SELECT (count(*), max(xmin::text::bigint))::text FROM {})"
            cursor.execute(f"PREPARE written AS SELECT {', '.join(map(row.format, tables))}")
        cursor.execute("EXECUTE written")
        found: Sequence[object] = cursor.fetchone()
        return found


def _models() -> list[type[models.Model]]:
    own = {
        "accounts",
        "api",
        "applications",
        "allauth_idp_oidc",
        "licensing",
        "customers",
        "auth",
        "mfa",
        "usersessions",
    }
    everything = apps.get_models(include_auto_created=True)
    return [model for model in everything if model._meta.app_label in own]
