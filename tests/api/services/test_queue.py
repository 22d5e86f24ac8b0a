"""Workers are sent for by the names of tasks, with the id alone."""

import json

import redis

from api.services.queue import send_webhooks, send_word_to_owner


def test_a_worker_is_sent_for_with_an_id_and_nothing_else(queue: redis.Redis) -> None:
    send_webhooks(7)
    send_word_to_owner(8)
    sent = [json.loads(one) for one in queue.lrange("celery", 0, -1)]
    assert {(one["headers"]["task"], one["headers"]["argsrepr"]) for one in sent} == {
        ("api.tasks.send_webhooks", "(7,)"),
        ("api.tasks.tell_owner_of_webhook", "(8,)"),
    }
