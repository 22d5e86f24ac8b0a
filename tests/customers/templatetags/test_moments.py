"""Moments for a `<time>`: whole seconds, in the viewer's zone."""

from datetime import UTC, datetime

from django.utils import timezone

from customers.templatetags.moments import exact


def test_a_moment_has_whole_seconds_and_its_offset() -> None:
    with timezone.override("Europe/Oslo"):
        assert exact(datetime(2026, 12, 1, 9, 30, 5, 123456, UTC)) == "2026-12-01T10:30:05+01:00"


def test_no_moment_is_no_text() -> None:
    assert exact(None) == ""
