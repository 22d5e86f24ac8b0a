"""The reading of the activity log: whose it is, who may see it, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from ..actions import Action
from ..roles import Capability, Reach

if TYPE_CHECKING:
    from accounts.models import User

    from ..models import AuditEvent, Customer  # noqa: F401  (named in quotes below)


class CountOf(models.Subquery):
    """The number of rows of another query, which may have an end."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


def on_user(text: str) -> Q:
    """Done to a user in whose name, as it was then, is every word of the text."""
    # Beside a condition on something else, a join would first be made for the whole log.
    names: Any = apps.get_model("customers", "AuditNames")._default_manager
    fit = names.filter(_has_words("target__icontains", text), event=models.OuterRef("pk"))
    return Q(models.Exists(fit), target_type="user")


def _has_words(lookup: str, text: str) -> Q:
    return Q(*((lookup, word) for word in text.split()))


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def of(self, customer: Customer) -> AuditEventQuerySet:
        return self.filter(customer=customer)

    def of_all(self, user: User) -> AuditEventQuerySet:
        """Of all customers that this person sees, and of the team for whoever looks after it."""
        own = self.filter(partner=user.partner_id, partner__isnull=False)
        if user.can(Capability.MANAGE_TEAM):
            return own
        own = own.filter(customer__isnull=False)
        if not user.limited_to_customers:
            return own
        customers: Any = apps.get_model("customers", "Customer")._default_manager
        return own.filter(customer__in=customers.visible_to(user))

    def of_team(self, partner: int) -> AuditEventQuerySet:
        """What concerns the partner itself and its staff; what is done for customers is theirs."""
        return self.filter(partner=partner, customer=None)

    def seen_by(self, user: User) -> AuditEventQuerySet:
        """All of them, or just the own actions, as far as the role goes."""
        far = user.reach(Capability.SEE_ACTIVITY)
        if far == Reach.FULL:
            return self
        return self.filter(actor_id=user.pk) if far == Reach.LIMITED else self.none()

    def about(self, user: User) -> AuditEventQuerySet:
        """What was done to this user."""
        return self.filter(target_type="user", target_id=user.pk)

    def _of_batch(self) -> AuditEventQuerySet:
        """The events of the outer one's batch."""
        events: AuditEventQuerySet = self.model._default_manager.filter(
            batch_id=models.OuterRef("batch_id")
        )
        return events

    def lines(self, condition: Q | None = None) -> AuditEventQuerySet:
        """One event a line of the log: of a batch the first one, where any of its events fits."""
        earlier = self._of_batch().filter(stands_for__isnull=False, pk__lt=models.OuterRef("pk"))
        first = self.filter(~models.Exists(earlier), stands_for__isnull=False)
        if not condition:
            return first
        return first.filter(condition | models.Exists(self._of_batch().filter(condition)))

    def with_batch(self) -> AuditEventQuerySet:
        """Annotates `in_company` (its batch has other events), `batch_kind` and `batch_people`."""
        batches: Any = apps.get_model("customers", "Batch")._default_manager
        others = self._of_batch().exclude(pk=models.OuterRef("pk"))
        people = self._of_batch().filter(stands_for__isnull=False).order_by().values("batch_id")
        return self.annotate(
            in_company=models.Exists(others),
            batch_kind=models.Subquery(
                batches.filter(pk=models.OuterRef("batch_id")).values("kind")
            ),
            batch_people=models.Subquery(
                people.annotate(people=models.Sum("stands_for")).values("people")
            ),
        )

    def with_fitting(self, condition: Q, limit: int) -> AuditEventQuerySet:
        """Annotates `fitting`: how many events of the batch fit, counted to one above the limit."""
        fitting = self._of_batch().filter(condition).order_by().values("pk")[: limit + 1]
        return self.annotate(fitting=CountOf(fitting))

    def removed_domain(self, domain: int) -> AuditEventQuerySet:
        return self.filter(action=Action.DOMAIN_REMOVED, target_type="domain", target_id=domain)

    def by_person(self, text: str) -> AuditEventQuerySet:
        """Every word of the text is in the actor's name, as it was then."""
        return self.filter(_has_words("names__actor__icontains", text))

    def newest_first(self) -> AuditEventQuerySet:
        return self.select_related("names").order_by("-id")
