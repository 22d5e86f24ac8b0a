"""What is told as it happens: a new device, a token near its end, a schedule that is over."""

from datetime import timedelta
from http import HTTPStatus

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.running import run_batch
from api.models import TokenKind
from api.services.ending import warn_of_ends
from automation.models import Notice, NoticeKind
from automation.services.due_running import run_due
from customers.models import Customer
from customers.roles import Role
from tests.api.tokens import integration, source_of, source_token, token_of
from tests.automation.services.told import at
from tests.factories import ScheduleFactory
from tests.support.cast import PASSWORD, Cast

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DUE = at("2027-02-01 18:00")


def sign_in(client: Client, name: str) -> None:
    sent = client.post(
        "/accounts/login/",
        {"login": name, "password": PASSWORD},
        headers={"User-Agent": FIREFOX},
    )
    assert sent.status_code == HTTPStatus.FOUND
    client.post("/accounts/logout/")


def test_a_sign_in_on_a_new_device_is_told_and_the_first_of_all_is_not(cast: Cast) -> None:
    cast.gives_password(cast.uma)
    own, other = Client(), Client()
    sign_in(own, "uma@contoso.example")
    sign_in(own, "uma@contoso.example")
    assert not Notice.objects.exists()
    sign_in(other, "uma@contoso.example")
    sign_in(other, "uma@contoso.example")
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (cast.uma, NoticeKind.DEVICE)
    assert notice.facts["browser"] == "Firefox on Linux"
    assert notice.url == "/accounts/sessions/"
    sign_in(Client(), "uma@contoso.example")
    assert Notice.objects.count() == 2


def test_of_each_token_its_maker_is_told_where_to_renew_it(cast: Cast) -> None:
    sync = integration(cast.alice, Role.SALES_AGENT)
    source = source_of(cast.contoso, cast.alice)
    made = [
        token_of(cast.alice, days=30),
        token_of(sync, kind=TokenKind.INTEGRATION, actor=cast.alice),
        source_token(source, cast.alice, days=30),
    ]
    now = timezone.now() + timedelta(days=20)
    assert [warn_of_ends(now=now), warn_of_ends(now=now)] == [3, 0]
    told = {notice.subject_key: notice for notice in Notice.objects.all()}
    assert [told[str(one.token.pk)].url for one in made] == [
        "/accounts/tokens/",
        f"/team/integrations/{sync.pk}/",
        f"/customers/{cast.contoso.pk}/sources/{source.pk}/",
    ]
    assert {notice.user for notice in told.values()} == {cast.alice}
    assert told[str(made[2].token.pk)].facts["owner"] == source.name
    # What a token is known by stands nowhere.
    assert not any(one.text in str(notice.facts) for one in made for notice in told.values())


def test_who_scheduled_something_is_told_that_it_was_done(cast: Cast) -> None:
    schedule = ScheduleFactory.create(
        customer=cast.contoso, by=cast.alice, people=[cast.uma, cast.gail]
    )
    assert run_due(DUE) == 1
    schedule.refresh_from_db()
    assert not Notice.objects.exists()
    assert schedule.batch is not None
    run_batch(schedule.batch.pk)
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (cast.alice, NoticeKind.SCHEDULE_DONE)
    assert notice.facts == {"action": "block", "users": 2, "left": 0}
    assert notice.url == f"/batches/{schedule.batch.pk}/"


def test_who_scheduled_something_is_told_that_it_could_not_be_done(cast: Cast) -> None:
    """What its role can't do any more; why may name users, and is not in the notice."""
    made = ScheduleFactory.create(customer=cast.contoso, by=cast.bob, people=[cast.uma])
    assert [run_due(DUE), run_due(DUE)] == [0, 0]
    [notice] = Notice.objects.all()
    assert (notice.user, notice.kind) == (cast.bob, NoticeKind.SCHEDULE_FAILED)
    assert notice.url == f"/scheduled/{made.pk}/"
    assert notice.customer == Customer.objects.get(pk=cast.contoso.pk)
    assert cast.uma.display_name not in str(notice.facts)


def test_where_who_scheduled_it_is_gone_the_account_admins_are_told(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(blocked_at=timezone.now())
    for by in (None, cast.bob):
        ScheduleFactory.create(customer=cast.contoso, by=by, people=[cast.uma])
    assert run_due(DUE) == 0
    found = Notice.objects.values_list("user", "kind")
    assert list(found) == [(cast.alice.pk, NoticeKind.SCHEDULE_FAILED)] * 2
