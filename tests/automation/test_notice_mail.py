"""How an email of notices reads."""

import pytest
from django.utils import timezone

from automation.models import Letter, LetterChannel, NoticeKind
from automation.notice_mail import message_of
from tests.automation.services.told import at, told
from tests.support.cast import Cast

NOON = at("2027-03-01 12:00")


def test_a_daily_email_has_a_part_for_each_kind_and_a_way_out_of_each(cast: Cast) -> None:
    notices = [
        told(cast.gail, NoticeKind.RENEWAL, NOON, customer=cast.contoso),
        told(cast.gail, NoticeKind.SEATS, NOON, "a", cast.contoso),
        told(cast.gail, NoticeKind.SEATS, NOON, "b", cast.contoso),
    ]
    letter = Letter(user=cast.gail, channel=LetterChannel.DAILY)
    with timezone.override("UTC"):
        message = message_of(letter, notices, "gail@mail.example")
    assert (message.subject, message.to) == ("Fabrikam: 3 notices", ["gail@mail.example"])
    lines = message.body.splitlines()
    assert lines[0] == f"Hello {cast.gail.display_name},"
    assert lines.index("Seats short") < lines.index("Renewals")
    assert message.body.count("No seats of Teams left.") == 2
    assert message.body.count("No longer email this kind: ") == 2
    assert message.body.count("/notices/off/") == 3
    assert "Fabrikam sends this once a day." in message.body


def test_users_of_a_customer_know_the_portal_by_the_partners_name(cast: Cast) -> None:
    senders = {}
    for user in (cast.uma, cast.alice, cast.charlie):
        notice = told(user, NoticeKind.SEATS, NOON, user.user_name, user.customer)
        letter = Letter(user=user, channel=LetterChannel.AT_ONCE, kind=NoticeKind.SEATS)
        message = message_of(letter, [notice], user.user_name)
        senders[user] = message.from_email.partition(" <")[0]
    named = {cast.uma: "Fabrikam", cast.alice: "Fabrikam", cast.charlie: "Litware"}
    assert senders == named


def test_text_is_not_escaped(cast: Cast) -> None:
    cast.contoso.name = "Contoso & Söhne <AG>"
    cast.contoso.save(update_fields=["name"])
    notice = told(cast.alice, NoticeKind.SEATS, NOON, customer=cast.contoso)
    letter = Letter(user=cast.alice, channel=LetterChannel.AT_ONCE, kind=NoticeKind.SEATS)
    message = message_of(letter, [notice], "alice@fabrikam.example")
    assert "Contoso & Söhne <AG>: No seats" in message.body
    assert message.subject == "Fabrikam: Contoso & Söhne <AG>: No seats of Teams left."


@pytest.mark.parametrize("channel", LetterChannel)
def test_a_kind_of_another_version_is_called_as_it_is_stored(
    cast: Cast, channel: LetterChannel
) -> None:
    notices = [
        told(cast.gail, NoticeKind.SEATS, NOON, key, customer=cast.contoso)
        for key in ("a", "b", "c")
    ]
    for notice in notices[:2]:
        notice.kind = "renamed"
    by_channel = {
        LetterChannel.AT_ONCE: ("renamed", notices[:2]),
        LetterChannel.DAILY: ("", notices),
    }
    kind, sent = by_channel[channel]
    letter = Letter(user=cast.gail, channel=channel, kind=kind)
    message = message_of(letter, sent, "gail@mail.example")
    number = f"renamed ({len(sent)})" if kind else "3 notices"
    assert message.subject == f"Fabrikam: {number}"
    assert message.body.count("- Contoso: renamed") == 2
    lines = message.body.splitlines()
    assert "renamed" in lines
    if not kind:
        assert lines.index("Seats short") < lines.index("renamed")
