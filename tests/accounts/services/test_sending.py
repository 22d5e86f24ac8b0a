"""A row that is sent is claimed before, and what nobody finished is given up and not sent again."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone

from accounts.models import Delivery, DeliveryState, MailTo
from accounts.services.mail import SheetSender, deliver_sheet, mail_sheet
from accounts.services.sending import GIVE_UP, give_up_lost, pause
from tests.accounts.services.mailing import make_sheet, states, with_address
from tests.support.cast import Cast


class Killed(BaseException):
    pass


@pytest.fixture
def left_by_the_dead(
    cast: Cast, mailbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> int:
    """The sheet of three mails whose worker died after the first had gone out, unwritten."""

    def dies(*_args: object) -> None:
        raise Killed

    sheet = make_sheet(cast, *with_address(cast, 3))
    mail_sheet(sheet, MailTo.USER, actor=cast.alice)
    with monkeypatch.context() as patch:
        patch.setattr(SheetSender, "settle", dies)
        with pytest.raises(Killed):
            deliver_sheet(sheet.pk)
    assert [state for state, _reason in states(sheet)] == [
        DeliveryState.SENDING,
        DeliveryState.WAITING,
        DeliveryState.WAITING,
    ]
    return sheet.pk


def test_the_next_worker_sends_the_others_alone(
    left_by_the_dead: int, mailbox: list[EmailMessage]
) -> None:
    assert deliver_sheet(left_by_the_dead) == 2
    assert len(mailbox) == 3
    assert Delivery.objects.filter(state=DeliveryState.SENDING).count() == 1


def test_what_nobody_finished_is_given_up_in_time_and_not_sent_again(
    left_by_the_dead: int, mailbox: list[EmailMessage]
) -> None:
    now = timezone.now()
    assert give_up_lost(Delivery, now + GIVE_UP - timedelta(seconds=5)) == 0
    assert give_up_lost(Delivery, now + GIVE_UP + timedelta(seconds=5)) == 1
    lost = Delivery.objects.get(state=DeliveryState.FAILED)
    assert lost.reason.startswith("Sending was interrupted: it may have arrived.")
    assert deliver_sheet(left_by_the_dead) == 2
    assert len({mail["To"] for mail in mailbox}) == len(mailbox) == 3


@pytest.mark.parametrize(("tries", "minutes"), [(0, 1), (1, 5), (4, 60), (5, 60), (400, 60)])
def test_pauses_grow_and_the_last_one_stays(tries: int, minutes: int) -> None:
    assert pause(tries) == timedelta(minutes=minutes)
