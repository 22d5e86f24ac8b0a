"""Writes that are sent twice: done once, and answered alike.

A call names itself by the header MS-RequestId, as Partner Center's clients do, or Idempotency-Key.
Its name is written in the transaction of what it does: a twin waits for that, and is told what the
first was told. What was refused is not remembered, and may be asked again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.signin.encryption import cipher_for
from customers.errors import Refused
from customers.said import gettext as _
from customers.services.transactions import transactional

from ..models import RememberedCall, Token

DAYS = 3
PORTION = 5_000
# What is told once: in the answer to the call itself.
SECRET = {"password", "secret"}
_PURPOSE = b"partner portal: answers of the API"


def name_of(request: HttpRequest) -> str:
    """Return how the call names itself, or "" where it doesn't."""
    return (
        request.headers.get("Idempotency-Key") or request.headers.get("MS-RequestId") or ""
    ).strip()


@transactional
def once(
    request: HttpRequest,
    token: Token,
    name: str,
    act: Callable[[], HttpResponse],
    *,
    rights: str = "",
    check: Callable[[], object] = lambda: None,
    body: bytes | None = None,
) -> HttpResponse:
    """Do what a call asks for unless one of its name has done it; return the answer to either.

    Refused where the one before it asked for something else, or had other `rights`. `check` raises
    what keeps a repeat from its answer. `body` stands for one that is not read into memory.
    """
    key = hashlib.sha256(name.encode()).hexdigest()
    asked = f"{request.method} {request.get_full_path()}\n{rights}\n".encode()
    asked += request.body if body is None else body
    # A body may have a password in it, which a plain hash would let others guess at.
    fingerprint = salted_hmac("api.calls", asked, algorithm="sha256").hexdigest()
    mine = RememberedCall(token=token, key=key, fingerprint=fingerprint)
    # Waits for a twin that is still at work.
    RememberedCall.objects.bulk_create([mine], ignore_conflicts=True)
    found = RememberedCall.objects.select_for_update(no_key=True).get(token=token, key=key)
    if found.fingerprint != fingerprint:
        raise Refused(
            _("Another call has used this request ID. Send a new one."),
            code="request-id-used",
        )
    if found.status:
        check()
    if found.status == HTTPStatus.NO_CONTENT:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    if found.status:
        return JsonResponse(_opened(found.sealed_answer), status=found.status, safe=False)
    response = act()
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        transaction.set_rollback(True)
        return response
    told = _without_secrets(json.loads(response.content) if response.content else None)
    found.sealed_answer = cipher_for(_PURPOSE).encrypt(json.dumps(told).encode()).decode()
    found.status = response.status_code
    found.save(update_fields=["status", "sealed_answer"])
    return response


def forget_calls() -> int:
    """Forget calls that nobody repeats any longer; return how many."""
    old = RememberedCall.objects.filter(at__lt=timezone.now() - timedelta(days=DAYS))
    gone = 0
    # There may be a hundred a minute of each token: no transaction is as long as all of them.
    while pks := list(old.values_list("pk", flat=True)[:PORTION]):
        gone += RememberedCall.objects.filter(pk__among=pks).delete()[0]
    return gone


def _opened(sealed: str) -> Any:
    """Return what was answered; nothing where the key is gone by which it was sealed."""
    try:
        return json.loads(cipher_for(_PURPOSE).decrypt(sealed.encode()))
    except InvalidToken:
        return {}


def _without_secrets(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _without_secrets(value) for name, value in told.items() if name not in SECRET}
    if isinstance(told, list):
        return [_without_secrets(value) for value in told]
    return told
