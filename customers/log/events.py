"""Queries of the activity log: whose events they are, who may see them, and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from ..actions import Action
from ..folding import has_words
from ..narrowing import narrowing_of
from ..roles import Capability, Reach

if TYPE_CHECKING:
    from accounts.models import User

    from ..models import AuditEvent, Customer  # noqa: F401  (named in quotes below)


class CountOf(models.Subquery):
    """The number of rows of another query, which may have an end."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()


def on_user(text: str) -> Q:
    """Return the condition that a user was acted on whose name then had every word of the text."""
    # Beside a condition on something else, a join would first be made for the whole log.
    names: Any = apps.get_model("customers", "AuditNames")._default_manager
    fit = names.filter(has_words("target", text), event=models.OuterRef("pk"))
    return Q(models.Exists(fit), target_type="user")


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def of(self, customer: Customer) -> AuditEventQuerySet:
        return self.filter(customer=customer)

    def of_all(self, user: User) -> AuditEventQuerySet:
        """Return the events of all customers that the user sees, and of a team they manage."""
        own = self.filter(partner=user.partner_id, partner__isnull=False)
        if user.can(Capability.MANAGE_TEAM):
            return own
        own = own.filter(customer__isnull=False)
        narrowing = narrowing_of(user.pk)
        is_narrowed = narrowing is not None and narrowing.customers is not None
        if not user.limited_to_customers and not is_narrowed:
            return own
        customers: Any = apps.get_model("customers", "Customer")._default_manager
        return own.filter(customer__in=customers.visible_to(user))

    def of_team(self, partner: int) -> AuditEventQuerySet:
        """Return the events about the partner itself and its staff, without those of customers."""
        return self.filter(partner=partner, customer=None)

    def seen_by(self, user: User) -> AuditEventQuerySet:
        """Return all events, or the user's own actions alone, as far as the role goes."""
        far = user.reach(Capability.SEE_ACTIVITY)
        if far == Reach.FULL:
            return self
        return self.filter(actor_id=user.pk) if far == Reach.LIMITED else self.none()

    def about(self, user: User) -> AuditEventQuerySet:
        """Return what was done to this user."""
        return self.filter(target_type="user", target_id=user.pk)

    def _of_batch(self) -> AuditEventQuerySet:
        """Return the events of the outer event's batch, for a subquery."""
        events: AuditEventQuerySet = self.model._default_manager.filter(
            batch_id=models.OuterRef("batch_id")
        )
        return events

    def lines(self, condition: Q | None = None) -> AuditEventQuerySet:
        """Return an event for each line: of a batch its first one, where any of its events fits."""
        earlier = self._of_batch().filter(stands_for__isnull=False, pk__lt=models.OuterRef("pk"))
        first = self.filter(~models.Exists(earlier), stands_for__isnull=False)
        if not condition:
            return first
        return first.filter(condition | models.Exists(self._of_batch().filter(condition)))

    def with_batch(self) -> AuditEventQuerySet:
        """Annotate `in_company` (its batch has other events), `batch_kind`, `batch_users`, the kind
        of the batch that it undoes as `batch_undoes`, and by which token it came.
        """
        batches: Any = apps.get_model("customers", "Batch")._default_manager
        others = self._of_batch().exclude(pk=models.OuterRef("pk"))
        own = batches.filter(pk=models.OuterRef("batch_id"))
        users = self._of_batch().filter(stands_for__isnull=False).order_by().values("batch_id")
        return self.annotate(
            in_company=models.Exists(others),
            batch_kind=models.Subquery(own.values("kind")),
            batch_undoes=models.Subquery(own.values("undo_of__kind")),
            batch_via=models.Subquery(own.values("via")),
            batch_token=models.Subquery(own.values("token_id")),
            batch_users=models.Subquery(
                users.annotate(users=models.Sum("stands_for")).values("users")
            ),
        )

    def with_fitting(self, condition: Q, limit: int) -> AuditEventQuerySet:
        """Annotate `fitting`: how many events of the batch fit, counted to one above the limit."""
        fitting = self._of_batch().filter(condition).order_by().values("pk")[: limit + 1]
        return self.annotate(fitting=CountOf(fitting))

    def removed_domain(self, domain: int) -> AuditEventQuerySet:
        return self.filter(action=Action.DOMAIN_REMOVED, target_type="domain", target_id=domain)

    def by_actor(self, text: str) -> AuditEventQuerySet:
        """Return the events whose actor's name, as it was then, has every word of the text."""
        return self.filter(has_words("names__actor", text))

    def newest_first(self) -> AuditEventQuerySet:
        return self.select_related("names").order_by("-id")
