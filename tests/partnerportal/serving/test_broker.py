"""A broker that goes away is a lost connection to all who speak to it."""

from types import SimpleNamespace
from typing import Any

import pytest
from kombu import Connection
from kombu.transport import TRANSPORT_ALIASES
from redis.exceptions import ConnectionError as Lost

from partnerportal.serving import broker


def test_celery_speaks_to_redis_by_the_mended_transport() -> None:
    broker.mend()
    for scheme in ("redis", "rediss"):
        assert Connection(f"{scheme}://localhost").get_transport_cls() is broker.Transport
    assert broker.Transport.Channel is broker.Channel


def test_a_version_that_needs_no_mending_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broker, "NEEDED", False)
    monkeypatch.setitem(TRANSPORT_ALIASES, "redis", "kombu.transport.redis:Transport")
    broker.mend()
    assert TRANSPORT_ALIASES["redis"] == "kombu.transport.redis:Transport"


def test_a_channel_of_a_closed_connection_says_that_it_is_lost() -> None:
    channel = broker.Channel.__new__(broker.Channel)
    closed: Any = SimpleNamespace(client=None)
    channel.connection = closed
    with pytest.raises(Lost, match="is closed"):
        channel._connparams()  # noqa: SLF001
