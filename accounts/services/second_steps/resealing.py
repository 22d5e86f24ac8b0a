"""Sealing the secrets of second steps anew, after a new key was put first."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db import models

from customers.services.transactions import transactional

from ...signin.encryption import reseal
from ...signin.mfa import Type

# What is sealed of each kind; a passkey has nothing secret here.
_SEALED = {Type.TOTP: "secret", Type.RECOVERY_CODES: "seed"}
_AT_ONCE = 500


def reseal_second_steps() -> int:
    """Seal all with the newest of CREDENTIALS_KEYS; return how many.

    Refused where one can't be opened. May be stopped and started again: each row by itself opens
    before and after.
    """
    count, last = 0, 0
    while ids := list(_sealed().filter(pk__gt=last).values_list("pk", flat=True)[:_AT_ONCE]):
        count += _reseal(ids)
        last = ids[-1]
    return count


def _sealed() -> "models.QuerySet[Any]":
    rows: models.QuerySet[Any] = Authenticator.objects.filter(type__in=_SEALED)
    return rows.order_by("pk")


@transactional
def _reseal(ids: list[int]) -> int:
    rows = list(_sealed().filter(pk__in=ids).select_for_update())
    for row in rows:
        name = _SEALED[Type(row.type)]
        row.data[name] = reseal(row.data[name])
    Authenticator.objects.bulk_update(rows, ["data"])
    return len(rows)
