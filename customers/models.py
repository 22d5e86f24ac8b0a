from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django_countries.fields import CountryField

from . import lookups as lookups  # noqa: PLC0414 - registers what its name says
from .actions import Action
from .branding import rows as branding_rows  # noqa: F401 - models of this app
from .branding.look import Look
from .folding import folded_words
from .identity import RandomUUID
from .log.events import AuditEventQuerySet
from .log.following import Follower as Follower  # noqa: PLC0414 - a model of this app
from .log.indexes import INDEXES
from .log.names import AuditNames as AuditNames  # noqa: PLC0414 - a model of this app
from .log.seals import AuditCount as AuditCount  # noqa: PLC0414 - models of this app
from .log.seals import AuditSeal as AuditSeal  # noqa: PLC0414
from .narrowing import narrowing_of
from .places import rows as rows  # noqa: PLC0414 - models of this app
from .said import SaidField, gettext
from .said import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User

# Microsoft Entra: the domain part of a user name has at most 48 characters.
DOMAIN_LENGTH = 48
domain_validator = RegexValidator(
    r"^(?=.{4,48}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,}|xn--[a-z0-9-]+)\Z",
    _("Enter a domain such as contoso.com: letters, digits and hyphens, up to 48 characters."),
)


class Partner(Look):
    name = models.CharField(_("name"), max_length=120)
    country = CountryField(_("country"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(Look.Meta):
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


def _seats(column: str) -> Coalesce:
    current = ~Q(subscriptions__status="canceled")
    total = models.Sum(f"subscriptions__{column}", filter=current)
    itself = Customer.objects.filter(pk=models.OuterRef("pk")).order_by()
    return Coalesce(models.Subquery(itself.values("pk").annotate(total=total).values("total")), 0)


@cache
def primary_domain_of(customer: str) -> models.Subquery:
    """Return the name of the primary domain of the customer whom a row has in this field.

    It is built once: each page within a customer asks for it, and a query takes a copy.
    """
    primary = Domain.objects.filter(customer=models.OuterRef(customer), is_primary=True)
    return models.Subquery(primary.values("name")[:1])


class CustomerQuerySet(models.QuerySet["Customer"]):
    def visible_to(self, user: User) -> CustomerQuerySet:
        """Return the customers that the user may know of; what they may do there, the role says."""
        narrowing = narrowing_of(user.pk)
        narrowed = self
        if narrowing is not None and narrowing.customers is not None:
            narrowed = self.filter(pk__in=narrowing.customers)
        if user.customer_id:
            return narrowed.filter(pk=user.customer_id)
        if not user.partner_id:
            return self.none()
        if user.limited_to_customers:
            return narrowed.filter(partner=user.partner_id, limited_staff=user)
        return narrowed.filter(partner=user.partner_id)

    def with_primary_domain(self) -> CustomerQuerySet:
        return self.annotate(primary_domain=primary_domain_of("pk"))

    def with_seats(self) -> CustomerQuerySet:
        """Annotate `seats_bought` and `seats_used`; canceled subscriptions count nowhere."""
        return self.annotate(seats_bought=_seats("quantity"), seats_used=_seats("assigned"))

    def with_restorable(self) -> CustomerQuerySet:
        """Annotate `restorable_users`: the deleted whom their list shows, without the overdue."""
        gone = LessThanOrEqual(Coalesce("users__purge_after", "users__deleted_at"), timezone.now())
        due = Customer.objects.filter(
            gone, pk=models.OuterRef("pk"), users__deleted_at__isnull=False
        )
        overdue = models.Subquery(due.values("pk").values_list(models.Count("users")))
        return self.annotate(restorable_users=models.F("deleted_users") - Coalesce(overdue, 0))

    def to_sort_by_domain(self) -> CustomerQuerySet:
        """Annotate `main`, the primary domain, by one join: a look-up a row costs more here."""
        is_primary = Q(domains__is_primary=True)
        return self.annotate(main=models.FilteredRelation("domains", condition=is_primary))

    def to_sort_by_seats(self) -> CustomerQuerySet:
        """Annotate `seats_used` by one join; of a canceled subscription no seat is used."""
        return self.annotate(seats_used=Coalesce(models.Sum("subscriptions__assigned"), 0))

    def in_order(self, ids: Iterable[int]) -> list[Customer]:
        """Return the customers of these ids, in the order of the ids."""
        place = {pk: number for number, pk in enumerate(ids)}
        return sorted(self.filter(pk__in=place), key=lambda customer: place[customer.pk])

    def matching(self, text: str) -> CustomerQuerySet:
        """Return the customers with every word of the text in their name or in a domain."""
        customers = self
        for word in folded_words(text):
            customers = customers.filter(search_text__contains=word)
        return customers


class Customer(models.Model):
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="customers")
    name = models.CharField(_("name"), max_length=120)
    country = CountryField(
        _("country"), help_text=_("The usage location of new users, unless chosen otherwise.")
    )
    contact_email = models.EmailField(_("contact email"), max_length=254, blank=True)
    # By whose clock schedules run; "" for the zone of the country.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, db_default="")
    # Kept by the services in the transaction of each change: exact counts cost too much per page.
    active_users = models.PositiveIntegerField(default=0, editable=False)
    deleted_users = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    # By whose order of letters users are sorted: not `country` until a task has made them anew.
    names_sorted_for = models.CharField(max_length=2, db_default="", editable=False)
    # Name and domains, folded (customers.services.searching); migration 0024 has its index.
    search_text = models.TextField(db_default="", editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("name",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                "partner",
                Lower("name"),
                name="customer_name_once_per_partner",
                violation_error_message=_("You already have a customer with this name."),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["partner", "name", "id"], name="customer_by_name")
        ]

    def __str__(self) -> str:
        return self.name

    def is_open_to(self, user: User) -> bool:
        """Return whether the user may know of the customer; only limited staff cost a query."""
        narrowing = narrowing_of(user.pk)
        if narrowing is not None and not narrowing.opens(self.pk):
            return False
        if user.customer_id:
            return user.customer_id == self.pk
        if user.partner_id != self.partner_id:
            return False
        return not user.limited_to_customers or self.limited_staff.filter(pk=user.pk).exists()


class DomainQuerySet(models.QuerySet["Domain"]):
    def with_use(self) -> DomainQuerySet:
        """Annotate `in_use`: a living user's name has this domain."""
        used = Domain.objects.filter(pk=models.OuterRef("pk"), users__isnull=False)
        return self.annotate(in_use=models.Exists(used))


class Domain(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="domains")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, related_name="domains")
    name = models.CharField(
        _("domain"), max_length=DOMAIN_LENGTH, unique=True, validators=[domain_validator]
    )
    is_primary = models.BooleanField(default=False)

    objects = DomainQuerySet.as_manager()

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering = ("-is_primary", "name")
        constraints: ClassVar = [
            models.CheckConstraint(name="domain_lower_case", condition=Q(name=Lower("name"))),
            models.CheckConstraint(
                name="domain_of_one",
                condition=Q(customer=None, partner__isnull=False)
                | Q(customer__isnull=False, partner=None),
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(is_primary=True), name="one_primary_per_customer"
            ),
            models.UniqueConstraint(
                fields=["partner"], condition=Q(is_primary=True), name="one_primary_per_partner"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BatchKind(models.TextChoices):
    CREATE = "create", _("Add users")
    CHANGE = "change", _("Change users")
    LICENSES = "licenses", _("Manage licenses")
    RESET = "reset", _("Reset password")
    BLOCK = "block", _("Block sign-in")
    ALLOW = "allow", _("Allow sign-in")
    DELETE = "delete", _("Delete user accounts")
    RESTORE = "restore", _("Restore")
    REMOVE = "remove", _("Delete permanently")
    SUBSCRIPTION = "subscription", _("Change subscription")
    UPLOAD = "upload", _("Upload users")
    RULES = "rules", _("Apply license rules")


class BatchState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELED = "canceled", _("Canceled")


class Via(models.TextChoices):
    """The doors by which a batch can come."""

    PAGE = "page", _("Portal")
    API = "api", _("API")
    SCIM = "scim", _("SCIM")
    SCHEDULE = "schedule", _("Schedule")
    RULE = "rule", _("License rule")


class BatchQuerySet(models.QuerySet["Batch"]):
    def for_list(self) -> BatchQuerySet:
        """Return batches with customer, actor and undo, without their users, who may be very many.

        `did` is what of several things a batch of the license rules was for.
        """
        related = ("undo_of", "undone_by")
        heavy = ("users", "request")
        rows = self.annotate(did=KT("request__do"))
        return rows.select_related("customer", "by", "undo_of", "undone_by__by").defer(
            *heavy, *(f"{name}__{column}" for name in related for column in heavy)
        )


class Batch(models.Model):
    """One run of an action on any number of users; the key makes a second click find the first."""

    kind = models.CharField(max_length=20, choices=BatchKind)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="batches"
    )
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="batches")
    key = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.WAITING)
    request = models.JSONField(default=dict, help_text="What was asked for, without a name.")
    users = models.JSONField(
        default=list, db_column="people", help_text="Ids of the chosen, frozen, while it waits."
    )
    reason = models.CharField(max_length=255, blank=True, help_text="In the words of who asked.")
    reason_said = SaidField("reason")
    refusal = models.TextField(blank=True, help_text="Why it could not be done, in a sentence.")
    refusal_said = SaidField("refusal")
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # Who was as asked for before: neither done nor failed.
    already = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_of = models.OneToOneField("self", models.SET_NULL, null=True, related_name="undone_by")
    # By which door it came, and by which token, whose app stands above this one.
    via = models.CharField(max_length=10, choices=Via, default=Via.PAGE, db_default=Via.PAGE)
    token_id = models.BigIntegerField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes: ClassVar = [
            models.Index(fields=["customer", "-id"], name="batch_by_customer"),
            models.Index(fields=["by", "-id"], name="batch_by_person"),
            models.Index(fields=["created_at"], name="batch_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.pk})"

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back; no query where `undone_by` is loaded."""
        undo = getattr(self, "undone_by", None)
        return undo is not None and undo.state == BatchState.DONE


class Outcome(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    PARTLY = "partly", _("Incomplete")
    SKIPPED = "skipped", _("Unchanged")
    ALREADY = "already", _("No change needed")
    FAILED = "failed", _("Failed")


class BatchItem(models.Model):
    """One frozen user of a batch; `before` and `after` hold what undo needs."""

    # Whoever writes a hundred thousand of these would ask a hundred thousand times for one batch.
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="items", db_constraint=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="batch_items")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(blank=True)
    reason_said = SaidField("reason")

    class Meta:
        verbose_name = _("batch item")
        verbose_name_plural = _("batch items")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "user"], name="person_once_per_batch")
        ]
        indexes: ClassVar = [
            models.Index(fields=["batch"], name="item_with_reason", condition=~Q(reason=""))
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.user_id}"


class AuditEvent(models.Model):
    """An event of the log, append-only. Users are plain numbers: a purge touches no event."""

    at = models.DateTimeField()
    # The database asks when one of these is deleted (audit_owner_stays), and not with each event.
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    batch_id = models.BigIntegerField(null=True)
    stands_for = models.PositiveIntegerField(
        null=True,
        default=1,
        help_text=(
            "How many users this line of the log is about; NULL: the line is an earlier event of"
            " the batch."
        ),
    )
    actor_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40, choices=Action)
    target_type = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=255, blank=True)
    changes = models.JSONField(default=dict, help_text="Before and after; nothing personal.")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes: ClassVar = INDEXES

    def __str__(self) -> str:
        return f"{self.get_action_display()} ({self.pk})"

    @property
    def named(self) -> AuditNames:
        """Return the personal side of the event; once it is forgotten, numbers stand for names."""
        try:
            return self.names
        except AuditNames.DoesNotExist:
            actor = gettext("User %(number)s") % {"number": self.actor_id}
            target = f"{self.target_type} {self.target_id}" if self.target_id else ""
            return AuditNames(actor=actor if self.actor_id else "", target=target)
