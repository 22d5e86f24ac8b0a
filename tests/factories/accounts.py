from collections.abc import Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import connection
from django.utils import timezone
from factory import declarations
from factory.django import DjangoModelFactory

from accounts.models import User
from accounts.names import suggest_local_part
from customers.models import Customer, Domain
from customers.roles import Role
from customers.services.customers import move_counters

from .customers import CustomerFactory, PartnerFactory
from .rows import insert


class AnyUserFactory(DjangoModelFactory[User]):
    """What all users have in common; make a StaffFactory, UserFactory or SupportFactory.

    `local_part` is what stands before the @ (else made from the names), `domain` a Domain (else
    the primary one), `password` one to sign in with (none: no password works, which is quick),
    `temporary=True` makes the password one that must be changed at the first sign-in.
    """

    class Meta:
        model = User
        abstract = True

    class Params:
        local_part = None
        temporary = False

    first_name = declarations.Sequence(lambda number: f"Ada{number}")
    last_name = "Lind"
    display_name = declarations.LazyAttribute(
        lambda user: " ".join(filter(None, (user.first_name, user.last_name)))
    )
    usage_location = "US"
    user_name = declarations.LazyAttribute(
        lambda user: "@".join(
            [
                user.local_part or suggest_local_part(user.first_name, user.last_name),
                str(user.domain),
            ]
        )
    )
    must_change_password = declarations.SelfAttribute("temporary")
    temporary_password_set_at = declarations.LazyAttribute(
        lambda user: timezone.now() if user.temporary else None
    )

    @classmethod
    def _build(cls, model_class: type[User], *_args: Any, **kwargs: Any) -> User:
        """Not saved yet; what saves it sees to the groups of its roles, and to counters."""
        roles: Sequence[Role] = kwargs.pop("roles", ())
        password: str | None = kwargs.pop("password", None)
        user = model_class(**kwargs)
        if password is None:
            # As Django does, which takes its time to draw each letter.
            user.password = UNUSABLE_PASSWORD_PREFIX + token_hex(20)
        else:
            user.set_password(password)
        user.fill_derived()
        user.__dict__["role_names"] = "|".join(roles)
        return user

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        user = cls._build(model_class, *args, **kwargs)
        _keep([user])
        return user

    @classmethod
    def create_batch(cls, size: int, **kwargs: Any) -> list[User]:
        """As many statements for many as for one, where all are of one customer or partner."""
        owner = kwargs.get("customer") or kwargs.get("partner")
        if owner is None or not size or "only" in kwargs:
            made: list[User] = super().create_batch(size, **kwargs)
            return made
        users: list[User] = cls.build_batch(size, **{"domain": _primary(owner), **kwargs})
        for user in users:
            if user.deleted_at:
                user.domain = None
        _keep(users)
        return users


class UserFactory(AnyUserFactory):
    """A customer's user; `roles` of customers.roles.CUSTOMER_ROLES make an administrator.

    `deleted=True` is one deleted just now, without licenses; `deleted_at` sets when. To delete
    with licenses call accounts.services.users.delete_users.
    """

    class Meta:
        model = User

    class Params:
        deleted = False

    customer = declarations.SubFactory(CustomerFactory)
    deleted_at = declarations.LazyAttribute(lambda user: timezone.now() if user.deleted else None)
    purge_after = declarations.LazyAttribute(lambda user: _purge_after(user.deleted_at))
    domain = declarations.LazyAttribute(lambda user: _primary(user.customer))

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        if kwargs.get("deleted_at"):
            kwargs["domain"] = None
        return super()._create(model_class, *args, **kwargs)


class StaffFactory(AnyUserFactory):
    """Partner staff; `only` are the customers that they are limited to."""

    class Meta:
        model = User

    partner = declarations.SubFactory(PartnerFactory)
    domain = declarations.LazyAttribute(lambda user: _primary(user.partner))

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        only: Sequence[Customer] | None = kwargs.pop("only", None)
        kwargs["limited_to_customers"] = only is not None
        user: User = super()._create(model_class, *args, **kwargs)
        if only:
            user.allowed_customers.set(only)
        return user


class SupportFactory(AnyUserFactory):
    """Support staff, who work in /admin/."""

    class Meta:
        model = User

    is_staff = True
    is_superuser = True
    domain = None
    user_name = declarations.LazyAttribute(
        lambda user: f"{user.local_part or user.first_name}@portal.example"
    )


def _keep(users: Sequence[User]) -> None:
    """Write new users of one customer, or of none."""
    put_in_groups(insert(users))
    if customer := users[0].customer:
        living = sum(user.deleted_at is None for user in users)
        move_counters(customer, active=living, deleted=len(users) - living)
        customer.refresh_from_db(fields=["active_users", "deleted_users"])


def put_in_groups(users: Sequence[User]) -> None:
    """Give new users the groups of their roles."""
    if not any(user.roles for user in users):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id FROM auth_group")
        ids = dict(cursor.fetchall())
    through = User.groups.through
    insert(
        through(user_id=user.pk, group_id=ids[role.value]) for user in users for role in user.roles
    )


def _primary(owner: Any) -> Domain:
    domain: Domain = owner.domains.get(is_primary=True)
    return domain


def _purge_after(deleted_at: datetime | None) -> datetime | None:
    if deleted_at is None:
        return None
    return deleted_at + timedelta(days=settings.DELETED_USER_RETENTION_DAYS)


def to_start(user: User, *, days: int = 7) -> User:
    """Let this user of a customer start in so many days only; past the services."""
    begin = timezone.now() + timedelta(days=days)
    user.starts_on, user.starts_at = begin.date(), begin
    user.save(update_fields=["starts_on", "starts_at"])
    return user
