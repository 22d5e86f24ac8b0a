"""What is at work, in the top bar: whose it is, how far, and that it costs nothing otherwise."""

import time

import pytest
from django.test import Client

from accounts.models import User
from customers import progress
from customers.models import Batch
from customers.roles import Role
from customers.services.batches import cancel_batch
from partnerportal.frame.at_work import AtWork, work_of
from partnerportal.frame.counts import counts_for
from tests.factories import StaffFactory
from tests.partnerportal.frame.working import left
from tests.support.access import signed_in
from tests.support.cast import Cast
from tests.support.forms import read
from tests.support.html import problems
from uploads.models import Upload, UploadState

OWN = "/at-work/"


def work_for(user: User) -> AtWork:
    return work_of(counts_for(User.objects.with_roles().get(pk=user.pk)))


def test_it_counts_batches_and_uploads_with_their_share(cast: Cast) -> None:
    assert work_for(cast.alice) == AtWork()
    one = left(cast, 30)
    assert work_for(cast.alice) == AtWork(1, None, f"/batches/{one.pk}/")
    with progress.watching(one.pk, 100):
        time.sleep(progress.EVERY)
        progress.advance(50)
        assert work_for(cast.alice) == AtWork(1, 50, f"/batches/{one.pk}/")
        left(cast, 10)
        assert work_for(cast.alice) == AtWork(2, 37, "/batches/?who=everybody")
    file = Upload.objects.create(
        customer=cast.northwind, by=cast.alice, key="file", state=UploadState.WAITING
    )
    assert work_for(cast.alice).count == 3
    Batch.objects.all().delete()
    at_upload = f"/customers/{cast.northwind.pk}/uploads/{file.pk}/"
    assert work_for(cast.alice) == AtWork(1, None, at_upload)


@pytest.mark.parametrize("who", ["charlie", "uma"])
def test_nobody_is_told_of_what_they_may_not_see(cast: Cast, who: str) -> None:
    batch = left(cast)
    assert work_for(getattr(cast, who)) == AtWork()
    assert f"/batches/{batch.pk}/" in signed_in(cast.alice).get(OWN).content.decode()
    assert f"/batches/{batch.pk}/" not in signed_in(getattr(cast, who)).get(OWN).content.decode()


def test_roles_and_customers_limit_it_as_the_list(cast: Cast) -> None:
    left(cast)
    Upload.objects.create(
        customer=cast.contoso, by=cast.alice, key="file", state=UploadState.WAITING
    )
    elsewhere = StaffFactory.create(
        partner=cast.fabrikam, roles=[Role.ACCOUNT_ADMIN], only=[cast.northwind]
    )
    assert work_for(elsewhere) == AtWork()
    # A helpdesk agent blocks nobody, and sees no uploads.
    assert work_for(cast.bob) == AtWork()
    assert work_for(cast.gail).count == 2


def test_a_page_shows_it_and_asks_again_only_while_something_is_at_work(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert 'id="at-work"' not in read(client, "/customers/")
    batch = left(cast)
    html = read(client, "/customers/")
    assert ">1 at work<" in html
    assert 'hx-get="/at-work/"' in html
    assert problems(html) == []
    part = client.get(OWN).content.decode()
    assert 'hx-get="/at-work/"' in part
    cancel_batch(batch.pk, actor=cast.alice)
    over = client.get(OWN).content.decode()
    assert "hx-get" not in over
    assert 'hx-swap-oob="innerHTML"' in over
    assert "Everything that was at work has finished." in over


def test_where_a_session_has_ended_the_page_is_left_alone(cast: Cast) -> None:
    left(cast)
    answer = Client().get(OWN)
    assert (answer.status_code, answer.content.decode().strip()) == (200, "")
