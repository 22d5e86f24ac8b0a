"""A world to call verbs in, and what is known of a call."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import CredentialSheet, SavedFilter, User
from customers.models import Batch, Customer, Domain
from licensing.models import Subscription
from tests.support.access import World
from uploads.models import Upload

Call = Callable[["Scene", User], Any]


def nothing(scene: "Scene") -> None:
    """There is no more to it than what the scene has."""


@dataclass(frozen=True)
class Scene:
    """The world, and to whom a verb is done: a plain user, or a Global administrator."""

    world: World
    living: User
    blocked: User
    deleted: User
    # In which `blocked` and nobody else was blocked.
    blocking: Batch

    @property
    def contoso(self) -> Customer:
        return self.world.cast.contoso

    @property
    def bob(self) -> User:
        return self.world.cast.bob

    @property
    def sheet(self) -> CredentialSheet:
        return CredentialSheet.objects.get(pk=self.world.sheet.pk)

    @property
    def saved(self) -> SavedFilter:
        return SavedFilter.objects.get(pk=self.world.saved.pk)

    @property
    def upload(self) -> Upload:
        return Upload.objects.get(pk=self.world.upload.pk)

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.get(pk=self.world.subscription.pk)

    @property
    def spare_domain(self) -> Domain:
        return self.contoso.domains.get(name="spare.example")


@dataclass(frozen=True)
class Verb:
    """One call, with its row of the table; "" is for support staff alone.

    `on_user`: what the table says of administrators matters. `anywhere`: it names neither a
    customer nor a team, so that the like of another partner may do it too. `oneself`: everyone
    does it to themselves, whatever the role. `unasked`: nor does it ask whether they are blocked,
    whom no page lets in. Not `by_support`: support staff would act as another by it. `fully`: it is
    for those alone who reach administrators, too.
    """

    row: str
    call: Call
    prepare: Callable[[Scene], object] = nothing
    on_user: bool = False
    anywhere: bool = False
    oneself: bool = False
    unasked: bool = False
    by_support: bool = True
    fully: bool = False
