"""An upload is sent to a worker, unless whoever asks works on it."""

import json
from typing import Any

import redis

from accounts.services.queue import nobody_sent
from uploads import tasks
from uploads.services.queue import CHECK_UPLOAD, send_upload


def waiting(queue: redis.Redis) -> list[dict[str, Any]]:
    return [json.loads(found) for found in queue.lrange("celery", 0, -1)]


def test_a_worker_is_asked_to_check_it(queue: redis.Redis) -> None:
    send_upload(7)
    [message] = waiting(queue)
    assert message["headers"]["task"] == CHECK_UPLOAD == tasks.check_upload.name
    assert message["headers"]["argsrepr"] == "(7,)"


def test_nobody_is_asked_while_a_command_does_the_work(queue: redis.Redis) -> None:
    with nobody_sent():
        send_upload(7)
    assert waiting(queue) == []
    send_upload(8)
    assert len(waiting(queue)) == 1
