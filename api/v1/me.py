"""Who calls: the token's rights, its customers, and how often it has called in this minute."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from customers.narrowing import narrowing_of

from ..limits import use_of
from . import schemas
from .answers import Told, kind, moment
from .base import REFUSED, caller_of
from .door import ok

router = Router(tags=["Token"], by_alias=True)


@router.get("/me", response={200: schemas.TokenSelf, **REFUSED}, summary="Get what a token may do")
def get_me(request: HttpRequest) -> HttpResponse:
    caller = caller_of(request)
    token, user, use = caller.token, caller.user, use_of(caller.token)
    narrowing = narrowing_of(user.pk)
    rights = sorted(narrowing.capabilities) if narrowing else []
    told: Told = {
        "userPrincipalName": user.user_name,
        "displayName": user.display_name,
        "token": token.name,
        "permissions": [right.value for right in rights if user.can(right)],
        "ends": moment(token.ends_at),
        "readsThisMinute": use.reads,
        "writesThisMinute": use.writes,
        "readsPerMinute": use.most_reads,
        "writesPerMinute": use.most_writes,
        "attributes": kind("Token"),
    }
    if not token.all_customers:
        chosen = token.customers.order_by("name").values_list("uuid", flat=True)
        told["customers"] = [str(uuid) for uuid in chosen]
    return ok(told)
