"""When the new users of a file start: by their row, or by one day for all others."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.invariants import violations
from accounts.models import CredentialSheet, User
from accounts.services.running import run_batch
from accounts.services.undo import undo_batch
from accounts.services.users.starts import today_of
from automation.models import Schedule
from licensing.models import SeatReservation, Subscription
from tests.factories import ProductFactory, SubscriptionFactory
from tests.support.cast import Cast
from tests.uploads.uploading import confirmed, outcomes, problems, upload_of
from uploads.models import Upload
from uploads.services import check_upload

pytestmark = pytest.mark.usefixtures("no_patience")
HEADINGS = ["User Name", "Display Name", "Subscriptions", "Start date"]


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail")
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=2)


def started(cast: Cast, *days: str) -> Upload:
    rows = [[f"u{n}@contoso.example", f"U {n}", "Mail", day] for n, day in enumerate(days)]
    return upload_of([HEADINGS, *rows], customer=cast.contoso, actor=cast.alice)


def page_of(upload: Upload, rest: str = "") -> str:
    return f"/customers/{upload.customer_id}/uploads/{upload.pk}/{rest}"


def test_rows_say_when_their_users_start(client: Client, cast: Cast, mail: Subscription) -> None:
    day = today_of(cast.contoso) + timedelta(days=9)
    upload = started(cast, day.isoformat(), f"{day:%d.%m.%Y}", "2020-01-01", "soon")
    assert outcomes(upload) == {2: "add", 3: "add", 4: "add", 5: "wrong"}
    assert "is not a date" in str(problems(upload)[5])
    client.force_login(cast.alice)
    told = client.get(page_of(upload, "?show=all")).content.decode()
    assert "Starts on" in told
    assert "This date has come" in told
    client.post(page_of(upload, "rows/5/"), {"decision": "drop"})
    mail.quantity = 3
    mail.save()
    run_batch(confirmed(Upload.objects.get(pk=upload.pk), actor=cast.alice).pk)
    found = dict(User.objects.filter(username__startswith="u").values_list("username", "starts_on"))
    assert found["u0@contoso.example"] == found["u1@contoso.example"] == day
    assert found["u2@contoso.example"] is None
    mail.refresh_from_db()
    assert (mail.assigned, mail.reserved) == (1, 2)
    assert Schedule.objects.get().items.count() == 2
    assert CredentialSheet.objects.get().users == 3
    assert violations() == []


def test_one_day_for_all_is_chosen_before_confirm(
    client: Client, cast: Cast, mail: Subscription
) -> None:
    upload = started(cast, "", "", "")
    client.force_login(cast.alice)
    day = today_of(cast.contoso) + timedelta(days=9)
    answer = {"starts_on": day.isoformat(), "seats_until": "then", "password_then": "yes"}
    client.post(page_of(upload, "start/"), answer)
    check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.options["starts_on"] == day.isoformat()
    assert f'value="{day.isoformat()}"' in client.get(page_of(upload)).content.decode()
    # Three users and two seats: on the day as many get one as there are.
    batch = confirmed(upload, actor=cast.alice)
    run_batch(batch.pk)
    batch.refresh_from_db()
    assert batch.done == 3
    assert not CredentialSheet.objects.exists()
    assert not SeatReservation.objects.exists()
    assert sorted(Schedule.objects.values_list("kind", flat=True)) == ["licenses", "reset"]
    assert client.get(page_of(upload)).status_code == 200
    assert violations() == []
    # Nobody has signed in: taken back, all are gone.
    undo_batch(batch, actor=cast.alice)
    assert not User.objects.filter(username__startswith="u0").exists()


def test_a_day_that_has_come_is_not_taken(client: Client, cast: Cast, mail: Subscription) -> None:
    upload = started(cast, "")
    client.force_login(cast.alice)
    answer = {"starts_on": today_of(cast.contoso).isoformat()}
    response = client.post(page_of(upload, "start/"), answer, follow=True)
    assert "must be in the future" in response.content.decode()
    assert Upload.objects.get(pk=upload.pk).options.get("starts_on", "") == ""


def test_undo_gives_back_reserved_seats(cast: Cast, mail: Subscription) -> None:
    day = today_of(cast.contoso) + timedelta(days=9)
    batch = confirmed(started(cast, day.isoformat()), actor=cast.alice)
    run_batch(batch.pk)
    batch.refresh_from_db()
    mail.refresh_from_db()
    assert mail.reserved == 1
    undo_batch(batch, actor=cast.alice)
    mail.refresh_from_db()
    assert (mail.assigned, mail.reserved) == (0, 0)
    assert violations() == []
