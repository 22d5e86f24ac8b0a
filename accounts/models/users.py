from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.auth.password_validation import validate_password
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django_countries.fields import CountryField

from customers.folding import search_text
from customers.identity import RandomUUID, TransactionTime
from customers.models import Batch, Customer, Domain, Partner
from customers.narrowing import narrowing_of
from customers.roles import (
    CUSTOMER_ROLES,
    OF_PARTNER,
    Capability,
    Reach,
    Role,
    reach,
    roles_named,
)
from customers.said import gettext_lazy as _

from ..names import DISPLAY_NAME_LENGTH, USER_NAME_LENGTH
from ..sorting import sort_key
from .expressions import final_day, signed_in
from .user_queries import UserQuerySet


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").strip().lower())

    def create_superuser(self, username: str, password: str | None = None, **extra: Any) -> User:
        """Create support staff from the command line. ValidationError for a guessable password."""
        user = self.model(
            username=username.lower(),
            user_name=username,
            display_name=extra.pop("display_name", "") or username,
            is_staff=True,
            is_superuser=True,
            **extra,
        )
        user.fill_derived()
        if password is not None:
            validate_password(password, user)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Partner staff (partner set), a customer's user (customer set), or support staff (neither)."""

    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="staff", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, blank=True, related_name="users", db_index=False
    )
    # As shown, kept for the deleted; `username` is what one signs in with, NULL while deleted.
    user_name = models.CharField(_("user name"), max_length=USER_NAME_LENGTH)
    username = models.CharField(
        _("sign-in name"), max_length=USER_NAME_LENGTH, null=True, editable=False
    )
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, editable=False, related_name="users"
    )
    first_name = models.CharField(_("first name"), max_length=64, blank=True)
    last_name = models.CharField(_("last name"), max_length=64, blank=True)
    display_name = models.CharField(_("display name"), max_length=DISPLAY_NAME_LENGTH)
    # Digits, by the order of letters in the customer's country: accounts.sorting.
    sort_name = models.CharField(max_length=DISPLAY_NAME_LENGTH * 4, editable=False)
    search_text = models.TextField(editable=False)
    usage_location = CountryField(_("usage location"), blank=True)
    country = CountryField(_("country"), blank=True)
    job_title = models.CharField(_("job title"), max_length=64, blank=True)
    department = models.CharField(_("department"), max_length=64, blank=True)
    office = models.CharField(_("office"), max_length=128, blank=True)
    office_phone = models.CharField(_("office phone"), max_length=64, blank=True)
    mobile_phone = models.CharField(_("mobile phone"), max_length=64, blank=True)
    fax = models.CharField(_("fax"), max_length=64, blank=True)
    alternate_email = models.EmailField(_("alternate email"), max_length=254, blank=True)
    street = models.CharField(_("street"), max_length=1023, blank=True)
    city = models.CharField(_("city"), max_length=128, blank=True)
    state = models.CharField(_("state"), max_length=128, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    # Names of accounts.views.user_columns, which this person's lists of users show; "": as usual.
    list_columns = models.CharField(
        max_length=200, blank=True, default="", db_default="", editable=False
    )
    language = models.CharField(_("language"), max_length=10, blank=True, db_default="")

    is_staff = models.BooleanField(_("support staff"), default=False)
    limited_to_customers = models.BooleanField(default=False)
    allowed_customers = models.ManyToManyField(Customer, blank=True, related_name="limited_staff")
    # An integration of a partner: it acts by tokens alone, and never signs in.
    is_machine = models.BooleanField(default=False, db_default=False, editable=False)

    must_change_password = models.BooleanField(default=False)
    temporary_password_set_at = models.DateTimeField(null=True, editable=False)
    # The first day, by the clock of the customer, and its first moment: no sign-in before.
    starts_on = models.DateField(_("start date"), null=True, editable=False)
    starts_at = models.DateTimeField(null=True, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    blocked_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    deleted_at = models.DateTimeField(null=True, editable=False)
    deleted_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    purge_after = models.DateTimeField(null=True, editable=False)
    # Part of the session hash: raised by delete, block and reset, it ends every session for good.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)
    # The last change of this row: of licenses, whose rows are others, the batch's items tell.
    changed_by_batch = models.ForeignKey(
        Batch, models.SET_NULL, null=True, editable=False, related_name="+", db_index=False
    )
    added_at = models.DateTimeField(_("added"), default=timezone.now, editable=False)
    uuid = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    # Of the row and its roles: accounts.last_change adds that of the licenses.
    updated_at = models.DateTimeField(db_default=TransactionTime(), editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    EMAIL_FIELD = "alternate_email"

    objects = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            # Partial on purpose: columns of a full unique index count as a key on PostgreSQL,
            # and a change of a key waits for all who refer to the row.
            models.UniqueConstraint(
                fields=["username"],
                condition=Q(username__isnull=False),
                name="sign_in_name_once",
            ),
            models.CheckConstraint(
                name="user_of_one", condition=Q(partner=None) | Q(customer=None)
            ),
            models.CheckConstraint(
                name="support_staff_of_none",
                condition=Q(is_staff=False) | Q(partner=None, customer=None),
            ),
            models.CheckConstraint(
                name="machine_of_partner",
                condition=Q(is_machine=False) | Q(partner__isnull=False),
            ),
            models.CheckConstraint(
                name="sign_in_name_while_living",
                condition=Q(deleted_at=None, username=Lower("user_name"))
                | Q(deleted_at__isnull=False, username=None),
            ),
            models.CheckConstraint(
                name="domain_while_living",
                condition=Q(deleted_at=None, domain__isnull=False)
                | Q(deleted_at__isnull=False, domain=None)
                | Q(customer=None),
            ),
            models.CheckConstraint(
                name="deleted_has_its_date",
                condition=Q(deleted_at=None, purge_after=None)
                | Q(deleted_at__isnull=False, purge_after__gte=F("deleted_at")),
            ),
            models.CheckConstraint(
                name="start_is_whole",
                condition=Q(starts_on=None, starts_at=None)
                | Q(starts_on__isnull=False, starts_at__isnull=False, customer__isnull=False),
            ),
            # The target of the composite foreign key of an assignment.
            models.UniqueConstraint(fields=["id", "customer"], name="user_of_customer"),
        ]
        indexes: ClassVar = [
            models.Index(
                "customer", "sort_name", "id", name="active_by_name", condition=Q(deleted_at=None)
            ),
            models.Index(
                "customer", "username", "id", name="active_by_user", condition=Q(deleted_at=None)
            ),
            models.Index(
                "customer", "added_at", "id", name="active_by_added", condition=Q(deleted_at=None)
            ),
            models.Index(
                "customer",
                Lower("department"),
                "id",
                name="active_by_department",
                condition=Q(deleted_at=None),
            ),
            models.Index(
                "customer",
                signed_in(),
                "id",
                name="active_by_last_sign_in",
                condition=Q(deleted_at=None),
            ),
            # Staff are few: an index of all would be filled with those who have no partner.
            models.Index("partner", name="staff_by_partner", condition=Q(partner__isnull=False)),
            # Few of a customer's users, which a list in the order of names would look for long.
            models.Index(
                "customer",
                "sort_name",
                "id",
                name="blocked_by_name",
                condition=Q(deleted_at=None, blocked_at__isnull=False),
            ),
            models.Index(
                "customer",
                "sort_name",
                "id",
                name="must_change_by_name",
                condition=Q(deleted_at=None, must_change_password=True),
            ),
            models.Index(
                "customer",
                "deleted_at",
                "id",
                name="deleted_by_date",
                condition=Q(deleted_at__isnull=False),
            ),
            models.Index(
                "customer",
                "sort_name",
                "id",
                name="deleted_by_name",
                condition=Q(deleted_at__isnull=False),
            ),
            models.Index(
                "customer",
                Lower("user_name"),
                "id",
                name="deleted_by_user",
                condition=Q(deleted_at__isnull=False),
            ),
            # How many of a customer's go soon, or should have gone; no list takes it for its order.
            models.Index(
                "customer",
                final_day(),
                name="due_of_customer",
                condition=Q(deleted_at__isnull=False),
            ),
            # Of deleted_at it would invite a customer's list of the deleted to walk all customers'.
            models.Index(
                "purge_after", name="due_for_purge", condition=Q(purge_after__isnull=False)
            ),
            # The purge of a user asks who was deleted or blocked by them.
            models.Index(
                "deleted_by", name="user_deleted_by", condition=Q(deleted_by__isnull=False)
            ),
            models.Index(
                "blocked_by", name="user_blocked_by", condition=Q(blocked_by__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.user_name

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the user may sign in at all; Django and allauth ask for it by this name."""
        return self.deleted_at is None and self.blocked_at is None

    @property
    def is_to_start(self) -> bool:
        """Whether the first day is still to come."""
        return self.starts_at is not None and self.starts_at > timezone.now()

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        if "role_names" in self.__dict__:
            return roles_named(self.__dict__["role_names"])
        return roles_named("|".join(group.name for group in self.groups.all()))

    @property
    def is_administrator(self) -> bool:
        return any(role in CUSTOMER_ROLES for role in self.roles)

    @property
    def own_partner(self) -> Partner | None:
        """The partner whose staff the user is, or who looks after the customer; None for support
        staff.
        """
        return self.customer.partner if self.customer else self.partner

    @property
    def deleter(self) -> str:
        """The name of the user who deleted this one; "" where none is known."""
        return self.deleted_by.display_name if self.deleted_by else ""

    def reach(self, capability: Capability) -> Reach:
        """Return how far this user's roles go; whose data it is, `visible_to` has decided
        before.
        """
        if self.partner_id is None and self.customer_id is None:
            return Reach.NONE
        if capability in OF_PARTNER and self.limited_to_customers:
            # Or else they could lift their own limit through a new user.
            return Reach.NONE
        far = reach(self.roles, capability)
        narrowing = narrowing_of(self.pk)
        if narrowing is None:
            return far
        if not narrowing.leaves(capability):
            return Reach.NONE
        if capability in OF_PARTNER and narrowing.customers is not None:
            return Reach.NONE
        return min(far, Reach.LIMITED) if narrowing.spares_administrators else far

    def can(self, capability: Capability | str, target: User | None = None) -> bool:
        """Whether the roles allow this at all, or on this user."""
        far = self.reach(Capability(capability))
        if target is None or far != Reach.LIMITED:
            return far != Reach.NONE
        return not target.is_administrator

    def permission_labels(self) -> list[str]:
        return [str(role.label) for role in self.roles] or [str(_("User"))]

    def check_password(self, raw_password: str | None) -> bool:
        """Check without Django's upgrade of the hash at sign-in.

        It would write back the password that was read before, over a reset in the same moment.
        """
        return check_password(raw_password, self.password)

    def fill_derived(self) -> None:
        """Set what follows from the names; every service that writes a name calls it."""
        self.fill_searched()
        country = self.customer.country.code if self.customer else ""
        self.sort_name = sort_key(self.display_name, country)

    def fill_searched(self) -> None:
        """Set what follows from a new user name, which changes no place in the lists."""
        self.username = None if self.deleted_at else self.user_name.lower()
        self.search_text = search_text(
            self.display_name, self.user_name, self.first_name, self.last_name
        )

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        return salted_hmac(
            "accounts.User.session",
            f"{self.password}|{self.session_epoch}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()
