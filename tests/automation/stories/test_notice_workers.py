"""Real workers at a real mail server: each email once, by two of them and by one that is killed."""

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from celery import current_app
from django.utils import timezone

from accounts.services.sending import GIVE_UP
from automation.models import Letter, LetterState, Notice, NoticeKind
from automation.services.letters import send_letters
from customers.roles import Role
from tests.automation.services.told import told
from tests.factories import StaffFactory
from tests.patience import wait_for
from tests.support.cast import Cast
from tests.support.servers import MailServer, Worker

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
SEND = "automation.tasks.send_letters"
KIND = NoticeKind.SILENT


def test_two_workers_send_each_email_once(
    cast: Cast, mailbox: list[EmailMessage], make_worker: Callable[[], Worker]
) -> None:
    staff = StaffFactory.create_batch(10, partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    for user in staff:
        told(user, KIND, timezone.now() - timedelta(minutes=2), "a")
        told(user, KIND, timezone.now() - timedelta(minutes=2), "b")
    workers = [make_worker(), make_worker()]
    try:
        for _beat in range(4):
            current_app.send_task(SEND)
        sent = Letter.objects.filter(state=LetterState.SENT)
        wait_for(lambda: sent.count() == len(staff), "The workers")
    finally:
        for worker in workers:
            worker.stop()
    assert sorted(mail["To"] for mail in mailbox) == sorted(user.user_name for user in staff)
    assert not Notice.objects.filter(letter=None).exists()


def test_what_a_killed_worker_had_sent_is_not_sent_again_and_all_else_is(
    cast: Cast,
    mailbox: list[EmailMessage],
    mail_server: MailServer,
    make_worker: Callable[[], Worker],
) -> None:
    """It dies after the server took the email, and before it heard so."""
    staff = StaffFactory.create_batch(3, partner=cast.fabrikam, roles=[Role.ADMIN_AGENT])
    for user in staff:
        told(user, KIND, timezone.now() - timedelta(minutes=2))
    mail_server.silent_at = "DATA"
    worker = make_worker()
    try:
        current_app.send_task(SEND)
        wait_for(lambda: len(mailbox) == 1, "The first email")
    finally:
        worker.kill()
    mail_server.silent_at = ""
    assert Letter.objects.filter(state=LetterState.SENDING).count() == 1
    assert send_letters() == 2
    assert send_letters(timezone.now() + GIVE_UP + timedelta(seconds=1)) == 0
    assert sorted(mail["To"] for mail in mailbox) == sorted(user.user_name for user in staff)
    states = Letter.objects.order_by("pk").values_list("state", flat=True)
    assert sorted(states) == [LetterState.FAILED, LetterState.SENT, LetterState.SENT]
