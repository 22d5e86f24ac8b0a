from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from .tokens import Token


class RememberedCall(models.Model):
    """A write that named itself (MS-RequestId or Idempotency-Key), with what was answered.

    It is written in the transaction of what it did: either both are there or none. The answer is
    kept without passwords, and sealed: it may name users.
    """

    token = models.ForeignKey(Token, models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)
    fingerprint = models.CharField(
        max_length=64, help_text="SHA-256 of the method, the address and the body."
    )
    status = models.PositiveSmallIntegerField(default=0)
    sealed_answer = models.TextField(blank=True, editable=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["token", "key"], name="call_once_per_token")
        ]
        indexes: ClassVar = [models.Index(fields=["at"], name="call_by_day")]

    def __str__(self) -> str:
        return f"{self.token_id}/{self.key}"
