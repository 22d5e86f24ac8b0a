"""A bare loop that tells applications the same: the client library alone, one after the other.

It has no rows, no checks of addresses and no tries, and is what the worker is compared with.
"""

import time
from collections.abc import Iterator, Sequence
from uuid import uuid4

import httpx2

from applications.models import Logout
from applications.oidc.keys import LOGOUT_TOKEN, sign
from applications.services.logout_delivery import claims_of_logout
from tests.bench.figures import Figure, yardstick

TOKENS = 1_000


def bare_loop(origins: Sequence[str], clients: Sequence[str]) -> Iterator[Figure]:
    rows = [Logout(user_uuid=uuid4(), sid=uuid4().hex) for _number in range(TOKENS)]
    began = time.process_time()
    tokens = [
        sign(claims_of_logout(row, clients[place % len(clients)]), kind=LOGOUT_TOKEN)
        for place, row in enumerate(rows)
    ]
    signed = time.process_time() - began
    began, at = time.process_time(), time.perf_counter()
    with httpx2.Client(trust_env=False) as client:
        for place, token in enumerate(tokens):
            origin = origins[place % len(origins)]
            answer = client.post(f"{origin}/logout", data={"logout_token": token})
            answer.raise_for_status()
    posted, elapsed = time.process_time() - began, time.perf_counter() - at
    name = "a bare loop of httpx2, the same tokens to the same receivers"
    yield yardstick(f"{name}: signing one, processor time", signed / TOKENS * 1e3, "ms")
    yield yardstick(f"{name}: posting one, processor time", posted / TOKENS * 1e3, "ms")
    yield yardstick(f"{name}: signed and posted, for each core", TOKENS / (signed + posted), "/s")
    yield yardstick(f"{name}: posted, by the clock", TOKENS / elapsed, "/s")
