"""Emails of notices: at once or in the morning, gathered, once each, and never in quiet hours."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from accounts.models import User
from accounts.services.sending import GIVE_UP
from accounts.services.users import change_users
from automation.models import Letter, LetterState, Notice, NoticeKind
from automation.notice_choices import Channels
from automation.services.choosing import choose, mark_read
from automation.services.letters import LetterSender, gather, send_letters
from automation.services.telling import end_subject
from customers.roles import Role
from tests.accounts.verbs import fresh
from tests.automation.services.told import at, mails, quiet, told
from tests.factories import CustomerFactory, StaffFactory, UserFactory
from tests.support.cast import Cast, make_cast
from tests.support.threads import together

AT_ONCE, DAILY, PAGE = NoticeKind.SILENT, NoticeKind.SEATS, NoticeKind.SCHEDULE_DONE
MINUTE = timedelta(minutes=1)
NOON = at("2027-03-01 12:00")


def test_what_is_to_be_known_at_once_is_emailed_once(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    User.objects.update(time_zone="UTC")
    told(cast.alice, AT_ONCE, NOON, customer=cast.contoso)
    told(cast.alice, PAGE, NOON)
    assert send_letters(NOON) == 0
    assert send_letters(NOON + MINUTE) == 1
    assert send_letters(NOON + 2 * MINUTE) == 0
    [mail] = mailbox
    since = "The source Personio was last heard of on 1 Feb 2027, 12:00."
    assert mails(mailbox) == [("alice@fabrikam.example", f"Fabrikam: Contoso: {since}")]
    assert mail["From"] == "Fabrikam <portal@localhost>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http")
    assert f"/notices/{Notice.objects.get(kind=AT_ONCE).pk}/" in mail.get_content()
    assert "Fabrikam sends this as it happens" in mail.get_content()


def test_who_has_lost_the_role_is_sent_nothing_of_it_any_more(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    User.objects.update(time_zone="UTC")
    second = UserFactory.create(customer=cast.contoso, roles=[Role.GLOBAL_ADMIN])
    User.objects.filter(customer=cast.contoso).update(alternate_email="admin@example.com")
    for admin in (cast.gail, second):
        told(admin, AT_ONCE, NOON, customer=cast.contoso)
    change_users([cast.gail], customer=cast.contoso, actor=cast.alice, roles=[])
    assert send_letters(NOON + MINUTE) == 1
    # Also where the letter was written before.
    told(second, AT_ONCE, NOON, "again", customer=cast.contoso)
    gather(NOON + MINUTE)
    change_users([second], customer=cast.contoso, actor=cast.alice, roles=[])
    assert send_letters(NOON + MINUTE) == 0
    assert len(mailbox) == 1


def test_300_customers_at_once_are_one_email_of_a_kind(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    for number in range(60):
        told(cast.alice, AT_ONCE, NOON, f"{number}")
    told(cast.alice, NoticeKind.SCHEDULE_FAILED, NOON)
    assert send_letters(NOON + MINUTE) == 2
    assert {subject for _to, subject in mails(mailbox)} == {
        "Fabrikam: Sources and applications gone silent (60)",
        "Fabrikam: Block sign-in for 3 users was scheduled, and could not be done.",
    }
    text = next(m.get_content() for m in mailbox if "(60)" in m["Subject"])
    assert text.count("last heard of") == 50
    assert "10 more: http" in text


def test_the_daily_one_comes_at_seven_by_the_users_clock(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Asia/Tokyo")
    User.objects.filter(pk=cast.bob.pk).update(time_zone="America/New_York")
    for user in (cast.alice, cast.bob):
        told(user, DAILY, NOON + MINUTE, customer=cast.contoso)
    assert send_letters(at("2027-03-01 21:59")) == 0
    assert send_letters(at("2027-03-01 22:00")) == 1
    assert send_letters(at("2027-03-02 11:59")) == 0
    assert send_letters(at("2027-03-02 12:00")) == 1
    assert [to for to, _subject in mails(mailbox)] == [
        "alice@fabrikam.example",
        "bob@fabrikam.example",
    ]
    text = mailbox[0].get_content()
    assert "Contoso: No seats of Teams left." in text
    assert "No longer email this kind: http" in text


@pytest.mark.parametrize(
    ("before", "seven"),
    [("2027-03-28 04:59", "2027-03-28 05:00"), ("2027-10-31 05:59", "2027-10-31 06:00")],
)
def test_it_comes_at_seven_on_days_on_which_clocks_change(
    cast: Cast, mailbox: list[EmailMessage], before: str, seven: str
) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Europe/Berlin")
    told(cast.alice, DAILY, at(before) - timedelta(hours=9))
    assert send_letters(at(before)) == 0
    assert send_letters(at(seven)) == 1


def test_one_a_day_has_what_was_told_until_then(cast: Cast, mailbox: list[EmailMessage]) -> None:
    User.objects.update(time_zone="UTC")
    told(cast.alice, DAILY, at("2027-03-01 06:00"), "a")
    told(cast.alice, NoticeKind.RENEWAL, at("2027-03-01 06:59"))
    told(cast.alice, DAILY, at("2027-03-01 07:01"), "b")
    assert send_letters(at("2027-03-01 07:02")) == 1
    assert mails(mailbox) == [("alice@fabrikam.example", "Fabrikam: 2 notices")]
    assert send_letters(at("2027-03-01 23:00")) == 0
    assert send_letters(at("2027-03-02 07:00")) == 1


def test_what_was_read_or_is_over_needs_no_email(cast: Cast, mailbox: list[EmailMessage]) -> None:
    read = told(cast.alice, AT_ONCE, NOON, "read")
    mark_read(cast.alice, read.pk, now=NOON)
    told(cast.alice, AT_ONCE, NOON, "over")
    end_subject(AT_ONCE, "over", now=NOON)
    assert send_letters(NOON + MINUTE) == 0
    assert not Letter.objects.exists()
    assert not Notice.objects.filter(to_mail=True).exists()


def test_in_quiet_hours_emails_wait_until_they_end(cast: Cast, mailbox: list[EmailMessage]) -> None:
    """Past midnight too, by the own clock, on the night on which it is put forward."""
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Europe/Berlin")
    quiet(cast.alice, "22:00", "02:30")
    told(cast.alice, AT_ONCE, at("2027-03-27 21:05"))
    told(cast.bob, AT_ONCE, at("2027-03-27 21:05"))
    assert send_letters(at("2027-03-27 21:06")) == 1
    # 01:59; then it is 03:00, and 02:30 was skipped.
    assert send_letters(at("2027-03-28 00:59")) == 0
    assert send_letters(at("2027-03-28 01:00")) == 1
    assert len(mailbox) == 2


def test_the_night_in_which_an_hour_comes_twice_is_quiet_twice(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    User.objects.filter(pk=cast.alice.pk).update(time_zone="Europe/Berlin")
    quiet(cast.alice, "22:00", "02:30")
    told(cast.alice, AT_ONCE, at("2027-10-31 01:05"))
    # 02:06 for the second time, and 02:30.
    assert send_letters(at("2027-10-31 01:06")) == 0
    assert send_letters(at("2027-10-31 01:30")) == 1


def test_who_has_no_mailbox_or_may_not_sign_in_gets_none(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    told(cast.uma, AT_ONCE, NOON)
    told(cast.alice, AT_ONCE, NOON)
    User.objects.filter(pk=cast.alice.pk).update(blocked_at=NOON)
    assert send_letters(NOON + MINUTE) == 0
    assert not Notice.objects.filter(to_mail=True).exists()


def test_limited_staff_get_nothing_of_other_customers(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    staff = StaffFactory.create(partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    told(staff, AT_ONCE, NOON, "a", customer=cast.northwind)
    told(staff, AT_ONCE, NOON, "b", customer=cast.contoso)
    staff.limited_to_customers = True
    staff.save(update_fields=["limited_to_customers"])
    staff.allowed_customers.add(cast.contoso)
    assert send_letters(NOON + MINUTE) == 1
    assert "Northwind" not in mailbox[0].get_content()


def test_a_name_with_a_line_break_stays_in_its_header(
    cast: Cast, mailbox: list[EmailMessage]
) -> None:
    partner = cast.fabrikam
    partner.name = 'Fab\r\nBcc: x@y.example "Ltd", <AG>'
    partner.save(update_fields=["name"])
    customer = CustomerFactory.create(partner=partner, name="A\nB")
    told(cast.alice, AT_ONCE, NOON, customer=customer)
    assert send_letters(NOON + MINUTE) == 1
    assert mailbox[0]["Bcc"] is None
    assert "A B: The source" in mailbox[0]["Subject"]


def test_what_the_server_puts_off_is_tried_again_and_given_up_after_a_day(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    told(cast.alice, AT_ONCE, NOON)
    told(cast.bob, AT_ONCE, NOON)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    assert send_letters(NOON + MINUTE) == 0
    assert {letter.state for letter in Letter.objects.all()} == {LetterState.WAITING}
    settings.EMAIL_PORT = port
    assert send_letters(NOON + 1.5 * MINUTE) == 0
    assert send_letters(NOON + 3 * MINUTE) == 2
    told(cast.alice, AT_ONCE, NOON, "another")
    settings.EMAIL_PORT = 1
    send_letters(NOON + 5 * MINUTE)
    send_letters(NOON + timedelta(days=2))
    last = Letter.objects.latest("pk")
    assert (last.state, last.reason) == (
        LetterState.FAILED,
        "The mail server can't be reached.",
    )


def test_what_was_put_off_into_quiet_hours_waits(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    User.objects.update(time_zone="UTC")
    told(cast.alice, AT_ONCE, NOON)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send_letters(NOON + MINUTE)
    settings.EMAIL_PORT = port
    quiet(cast.alice, "12:00", "13:00")
    assert send_letters(NOON + 3 * MINUTE) == 0
    assert send_letters(at("2027-03-01 13:30")) == 1


def test_what_is_switched_off_while_it_waits_is_not_sent(
    cast: Cast, mailbox: list[EmailMessage], settings: Settings
) -> None:
    told(cast.alice, AT_ONCE, NOON)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send_letters(NOON + MINUTE)
    settings.EMAIL_PORT = port
    told(cast.alice, AT_ONCE, NOON, "another")
    choose(cast.alice, {AT_ONCE: Channels()})
    assert send_letters(NOON + 10 * MINUTE) == 0
    assert mailbox == []


def test_a_worker_that_dies_while_it_sends_doubles_nothing(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has claimed it may have sent: nobody sends it again."""

    class Killed(BaseException):
        pass

    def dies(*_args: object, **_more: object) -> int:
        raise Killed

    told(cast.alice, AT_ONCE, NOON)
    settle = LetterSender.settle
    monkeypatch.setattr(LetterSender, "settle", dies)
    with pytest.raises(Killed):
        send_letters(NOON + MINUTE)
    monkeypatch.setattr(LetterSender, "settle", settle)
    assert send_letters(NOON + 2 * MINUTE) == 0
    assert Letter.objects.get().state == LetterState.SENDING
    assert send_letters(NOON + 2 * MINUTE + GIVE_UP) == 0
    assert Letter.objects.get().state == LetterState.FAILED
    assert len(mailbox) == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_letters_and_never_one(
    transactional_db: None, mailbox: list[EmailMessage]
) -> None:
    cast = make_cast()
    staff = StaffFactory.create_batch(12, partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    for user in staff:
        told(fresh(user), AT_ONCE, NOON, "a")
        told(fresh(user), AT_ONCE, NOON, "b")
        told(fresh(user), DAILY, NOON - timedelta(days=1))
    assert sum(together(*[lambda: send_letters(NOON + MINUTE)] * 3)) == 24
    assert sorted(mail["To"] for mail in mailbox) == sorted(2 * [user.user_name for user in staff])
    assert Notice.objects.filter(letter=None, digest=None).count() == 0
