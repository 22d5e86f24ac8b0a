"""The time zones and languages that someone chooses from."""

from typing import Any

import pytest
from django.http import QueryDict
from django.utils import translation

from accounts.forms.me import PreferencesForm
from customers import zones


def choices() -> list[tuple[str, Any]]:
    return list(PreferencesForm().fields["time_zone"].choices)  # type: ignore[attr-defined]


def test_the_browsers_own_comes_first_and_then_utc() -> None:
    assert [value for value, _label in choices()[:2]] == ["", "UTC"]


def test_places_are_grouped_by_region_and_named_as_one_says_them() -> None:
    regions = dict(choices()[2:])
    assert ("Europe/Berlin", "Berlin") in regions["Europe"]
    assert ("America/New_York", "New York") in regions["America"]
    assert ("America/Argentina/Salta", "Argentina, Salta") in regions["America"]


def test_every_place_is_offered_once() -> None:
    offered = [zone for _region, zones_of in choices()[2:] for zone, _place in zones_of]
    assert sorted(offered) == sorted(set(offered)) == sorted(zones.places())


@pytest.mark.parametrize("zone", ["", "UTC", "Asia/Tokyo"])
def test_what_is_offered_can_be_chosen(zone: str) -> None:
    form = PreferencesForm(QueryDict(f"time_zone={zone}"))
    assert form.is_valid()
    assert form.cleaned_data == {"time_zone": zone, "language": ""}


@pytest.mark.parametrize("zone", ["US/Pacific", "europe/berlin", "Europe"])
def test_what_is_not_offered_is_refused_with_what_to_do(zone: str) -> None:
    form = PreferencesForm(QueryDict(f"time_zone={zone}"))
    assert form.errors == {"time_zone": ["Choose a time zone from the list."]}


def test_each_language_is_called_as_its_speakers_call_it() -> None:
    with translation.override("de"):
        languages = list(PreferencesForm().fields["language"].choices)  # type: ignore[attr-defined]
    assert languages[1:] == [
        ("en", "English"),
        ("de", "Deutsch"),
        ("fr", "Français"),
        ("es", "Español"),
    ]
    assert not PreferencesForm(QueryDict("language=tlh")).is_valid()
