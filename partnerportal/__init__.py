import gc

# What a process loads stays until its end: to look for garbage at every 700 new objects, as Python
# does by itself, took a fifth of each start, and finds no more in a request.
gc.set_threshold(50_000, 20, 20)

from .celery import app as celery_app  # noqa: E402 - what it loads is meant

__all__ = ["celery_app"]
