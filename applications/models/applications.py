from __future__ import annotations

from typing import ClassVar

from allauth.idp.oidc.models import Client
from django.db import models
from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import Cast, Concat, Lower, StrIndex

from accounts.models import User
from customers.formats import FOR_ALL_CUSTOMERS
from customers.identity import RandomUUID, TransactionTime
from customers.models import Customer, Partner
from customers.said import gettext_lazy as _
from licensing.models import LicenseAssignment, ServicePlan, SubscriptionStatus

NAME_LENGTH = 60
ADDRESS_LENGTH = 500


class Icon(models.TextChoices):
    """The picture of an application: the name of one of Bootstrap's icons."""

    GRID = "grid", _("Squares")
    CALENDAR = "calendar-week", _("Calendar")
    CHART = "bar-chart-line", _("Chart")
    CHAT = "chat-dots", _("Chat")
    CODE = "code-slash", _("Code")
    DATABASE = "database", _("Database")
    FILES = "folder2-open", _("Files")
    GLOBE = "globe", _("Globe")
    HEADSET = "headset", _("Headset")
    MAIL = "envelope", _("Email")
    MEETING = "camera-video", _("Meeting")
    NOTES = "journal-text", _("Notes")
    TASKS = "kanban", _("Tasks")


class Claim(models.TextChoices):
    """What an application may be told of a user besides the name, user name and groups."""

    COUNTRY = "country", _("Country")
    DEPARTMENT = "department", _("Department")
    JOB_TITLE = "job_title", _("Job title")
    OFFICE = "office", _("Office")
    PHONE = "phone_number", _("Office phone")


def licensed(plan: str, *, user: OuterRef | int | None) -> Exists:
    """Return the condition that the user holds the service plan that the outer `plan` refers to.

    By a seat of an active subscription, with the plan switched on.
    """
    seats = LicenseAssignment.objects.live().filter(
        user=user,
        subscription__status=SubscriptionStatus.ACTIVE,
        subscription__product__plans=OuterRef(plan),
    )
    # As text, which both databases can search; a code stands there in quotation marks.
    code = Concat(Value('"'), OuterRef(f"{plan}__code"), Value('"'))
    off = StrIndex(Cast("services_off", TextField()), code)
    return Exists(seats.annotate(place_off=off).filter(place_off=0))


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> ApplicationQuerySet:
        """Return the applications that the user may know of: those of the partner, or of the
        partner for the user's customer.
        """
        if user.customer_id:
            return self.of_customer(user.customer_id)
        return self.filter(partner=user.partner_id, partner__isnull=False)

    def of_customer(self, customer: int) -> ApplicationQuerySet:
        """Return the applications that the partner has for this customer."""
        chosen = ApplicationCustomer.objects.filter(application=OuterRef("pk"), customer=customer)
        return self.filter(Q(all_customers=True) | Exists(chosen), partner__customers=customer)

    def open_to(self, user: User) -> ApplicationQuerySet:
        """Return the applications that the user may enter, as the database knows the user now.

        A partner's own staff, who hold no seats, may enter none.
        """
        if user.customer_id is None:
            return self.none()
        enters = User.objects.active().filter(pk=user.pk, blocked_at=None)
        plans = ApplicationPlan.objects.filter(application=OuterRef("pk"))
        holds = Exists(plans.filter(licensed("plan", user=user.pk)))
        return self.of_customer(user.customer_id).filter(
            Q(everyone=True) | holds, Exists(enters), is_on=True
        )


class Application(models.Model):
    """A service where a partner's customers sign in with their accounts of the portal.

    Who holds one of its plans, or everyone of the customers that it is for, may enter: `gate.py`.
    """

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="applications")
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    icon = models.CharField(_("icon"), max_length=20, choices=Icon, default=Icon.GRID)
    start_url = models.URLField(_("address to start at"), max_length=ADDRESS_LENGTH)
    everyone = models.BooleanField(_("everyone may enter"), default=False)
    all_customers = models.BooleanField(FOR_ALL_CUSTOMERS, default=True)
    customers = models.ManyToManyField(
        Customer, through="ApplicationCustomer", related_name="applications"
    )
    plans = models.ManyToManyField(
        ServicePlan, through="ApplicationPlan", related_name="applications"
    )
    # Without one nobody signs in there: it is only provisioned, or led to. The reference is
    # written before the client and goes after it: by its policy a client is shown to who sees the
    # application that names it. The database looks at the key when all is written.
    client = models.OneToOneField(
        Client, models.DO_NOTHING, null=True, editable=False, related_name="application"
    )
    # Where logout tokens are sent.
    logout_uri = models.URLField(_("logout address"), max_length=ADDRESS_LENGTH, blank=True)
    extra_claims = models.JSONField(default=list, blank=True, help_text="Names of Claim.")
    # Off only for a confidential client that can't do PKCE; a public one always has to.
    needs_pkce = models.BooleanField(_("demand PKCE"), default=True)
    is_on = models.BooleanField(_("on"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(db_default=TransactionTime(), editable=False)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ("name", "id")
        constraints: ClassVar = [
            models.UniqueConstraint(
                "partner", Lower("name"), name="application_name_once_per_partner"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationCustomer(models.Model):
    """A customer that an application is for, unless it is for all of them."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="chosen_customers")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "customer"], name="customer_once_per_application"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.customer_id}"


class ApplicationPlan(models.Model):
    """A service plan that opens an application; any one of them is enough."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="opening_plans")
    plan = models.ForeignKey(ServicePlan, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["application", "plan"], name="plan_once_per_application"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.plan_id}"
