"""The list of one's notices, the way to what they are about, and how one is told."""

from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from automation.models import Notice, NoticeChoice, NoticeKind, NoticeSettings
from automation.notice_choices import Channels, choices_of
from automation.services.telling import end_subject, tell
from tests.automation.services.told import FACTS, at, told
from tests.support.cast import Cast

NOON = at("2027-03-01 12:00")
LIST, SETTINGS = "/notices/", "/notices/settings/"
SEATS = NoticeKind.SEATS


def page(client: Client, address: str = LIST) -> str:
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.OK
    return answer.content.decode()


def test_new_ones_are_marked_until_they_are_read(client: Client, cast: Cast) -> None:
    told(cast.alice, SEATS, NOON, "a", cast.contoso)
    told(cast.alice, NoticeKind.SILENT, NOON)
    told(cast.bob, SEATS, NOON, "b", cast.northwind)
    client.force_login(cast.alice)
    text = page(client)
    assert text.count("notice-new") == 2
    assert "Contoso: No seats of Teams left." in text
    assert 'aria-label="Notices: 2 new"' in text
    assert "Northwind" not in text
    newest = Notice.objects.filter(user=cast.alice).latest("pk").pk
    told(cast.alice, SEATS, NOON, "c")
    client.post(LIST, {"newest": newest})
    again = page(client)
    assert "2 notices marked as read." in again
    assert again.count("notice-new") == 1
    assert "marked as read" not in page(client)
    client.post(LIST, {"newest": "nonsense"})
    assert "Mark all as read" not in page(client)


def test_a_notice_leads_to_what_it_is_about_and_is_read(client: Client, cast: Cast) -> None:
    notice = told(cast.alice, SEATS, NOON)
    address = reverse("automation:notice-open", args=[notice.pk])
    client.force_login(cast.bob)
    assert client.get(address).status_code == HTTPStatus.NOT_FOUND
    client.force_login(cast.alice)
    assert client.get(address).headers["Location"] == "/customers/"
    assert not Notice.objects.new().exists()
    tell(SEATS, [cast.alice], subject_key="none", facts=FACTS[SEATS], url="", now=NOON)
    bare = reverse("automation:notice-open", args=[Notice.objects.latest("pk").pk])
    assert client.get(bare).headers["Location"] == LIST


def test_what_is_over_says_so(client: Client, cast: Cast) -> None:
    told(cast.alice, SEATS, NOON)
    end_subject(SEATS, "one")
    client.force_login(cast.alice)
    text = page(client)
    assert "Over" in text
    assert "notice-new" not in text


@pytest.mark.parametrize("who", ["alice", "bob", "gail", "uma", "charlie"])
def test_each_user_has_own_notices_whatever_the_role(client: Client, cast: Cast, who: str) -> None:
    client.force_login(getattr(cast, who))
    for address in (LIST, SETTINGS):
        assert client.get(address).status_code == HTTPStatus.OK


def test_without_any_it_says_what_will_be_there(client: Client, cast: Cast) -> None:
    client.force_login(cast.uma)
    text = page(client)
    assert "No notices yet" in text
    assert SETTINGS in text


def test_support_staff_have_none(client: Client, cast: Cast) -> None:
    client.force_login(cast.support)
    for address in (LIST, SETTINGS, "/notices/1/"):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND
    assert 'class="bell"' not in page(client, "/me/account/")


def test_a_long_list_has_pages_of_few_queries(
    client: Client,
    cast: Cast,
    settings: Settings,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.PAGE_SIZE = 10
    for number in range(25):
        told(cast.alice, SEATS, NOON, f"{number}", cast.contoso)
    client.force_login(cast.alice)
    client.get(LIST)
    # Session and user, the page's keys and rows, whether there are new ones and the newest; the
    # bell.
    with django_assert_num_queries(7):
        first = client.get(LIST)
    assert len(first.context["rows"]) == 10
    last = client.get(LIST + first.context["pager"].last_url)
    assert [row.notice.subject_key for row in last.context["rows"]][-1] == "0"


def test_limited_staff_read_nothing_of_other_customers(client: Client, cast: Cast) -> None:
    hidden = told(cast.bob, SEATS, NOON, "a", cast.northwind)
    told(cast.bob, SEATS, NOON, "b", cast.contoso)
    User.objects.filter(pk=cast.bob.pk).update(limited_to_customers=True)
    cast.bob.allowed_customers.add(cast.contoso)
    client.force_login(User.objects.get(pk=cast.bob.pk))
    text = page(client)
    assert "Northwind" not in text
    assert 'aria-label="Notices: 1 new"' in text
    assert client.get(f"/notices/{hidden.pk}/").status_code == HTTPStatus.NOT_FOUND


def form(user: User, **changes: Any) -> dict[str, Any]:
    """What the form sends: all boxes as they are, with these changes; None leaves one out."""
    own = choices_of(user.pk)
    sent: dict[str, Any] = {
        f"{kind.name.lower()}-{channel}": "on"
        for kind in NoticeKind
        for channel in ("page", "at_once", "daily")
        if getattr(own[kind], channel)
    }
    sent |= {"quiet_from": "", "quiet_to": "", "seats_below": "5", "renewal_days": "30"}
    return {name: value for name, value in (sent | changes).items() if value is not None}


def test_each_chooses_by_kind_and_channel(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    text = page(client, SETTINGS)
    assert "Emails go to alice@fabrikam.example" in text
    changes = {
        "seats-page": None,
        "seats-at_once": "on",
        "quiet_from": "20:00",
        "quiet_to": "07:30",
        "seats_below": "12",
    }
    answer = client.post(SETTINGS, form(cast.alice, **changes))
    assert answer.headers["Location"] == SETTINGS
    assert choices_of(cast.alice.pk)[SEATS] == Channels(page=False, at_once=True, daily=True)
    kept = NoticeSettings.objects.get()
    assert (str(kept.quiet_from), str(kept.quiet_to)) == ("20:00:00", "07:30:00")
    assert (kept.seats_below, kept.renewal_days) == (12, 30)
    shown = page(client, SETTINGS)
    assert "Your choices were saved." in shown
    assert 'value="20:00"' in shown
    client.post(SETTINGS, form(cast.alice, **changes))
    assert NoticeChoice.objects.filter(user=cast.alice, kind=SEATS).count() == 1


@pytest.mark.parametrize(
    ("changes", "field", "text"),
    [
        ({"quiet_from": "20:00"}, "quiet_to", "Enter both times, or none."),
        ({"quiet_to": "20:00"}, "quiet_from", "Enter both times, or none."),
        (
            {"quiet_from": "20:00", "quiet_to": "20:00"},
            "quiet_to",
            "Enter another time than the one before.",
        ),
        ({"quiet_from": "25:00", "quiet_to": "20:00"}, "quiet_from", "Enter a valid time."),
        ({"seats_below": "-1"}, "seats_below", "greater than or equal to 0"),
        ({"seats_below": "10001"}, "seats_below", "less than or equal to 10000"),
        ({"renewal_days": "0"}, "renewal_days", "greater than or equal to 1"),
        ({"renewal_days": ""}, "renewal_days", "This field is required."),
    ],
)
def test_what_can_not_be_is_said_at_its_field(
    client: Client, cast: Cast, changes: dict[str, str], field: str, text: str
) -> None:
    client.force_login(cast.alice)
    answer = client.post(SETTINGS, form(cast.alice, **changes))
    assert text in " ".join(answer.context["form"].errors[field])
    assert not NoticeSettings.objects.exists()
    assert not NoticeChoice.objects.exists()


def test_a_plain_user_chooses_among_what_they_can_be_told(client: Client, cast: Cast) -> None:
    client.force_login(cast.uma)
    text = page(client, SETTINGS)
    assert "Your account has no alternate email" in text
    assert "Sign-ins from a new device" in text
    assert "Seats short" not in text
    assert "seats_below" not in text
    sent = {"device-page": "on", "seats-daily": "on"}
    assert client.post(SETTINGS, sent).status_code == HTTPStatus.FOUND
    assert choices_of(cast.uma.pk)[NoticeKind.DEVICE] == Channels()
    assert not NoticeChoice.objects.filter(kind=SEATS).exists()
    assert NoticeSettings.objects.get().seats_below == 5
