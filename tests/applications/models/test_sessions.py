"""A sign-in to an application stands until it is ended, or its user's access is."""

from django.utils import timezone

from accounts.models import User
from accounts.services.users import delete_users
from accounts.services.users.purging import purge_due_users
from applications.models import AppSession
from applications.models.sessions import new_sid
from tests.factories import AppSessionFactory
from tests.support.cast import Cast


def test_a_sid_is_drawn_anew_each_time() -> None:
    drawn = {new_sid() for _time in range(100)}
    assert len(drawn) == 100
    assert {len(sid) for sid in drawn} == {32}


def test_what_was_ended_or_is_of_another_epoch_does_not_stand(cast: Cast) -> None:
    standing = AppSessionFactory.create(user=cast.uma)
    ended = AppSessionFactory.create(user=cast.uma, ended_at=timezone.now())
    older = AppSessionFactory.create(user=cast.uma, epoch=cast.uma.session_epoch + 1)
    assert [row.stands for row in (standing, ended, older)] == [True, False, False]
    assert list(AppSession.objects.standing()) == [standing]


def test_a_purge_leaves_no_sign_in_of_the_user(cast: Cast) -> None:
    AppSessionFactory.create(user=cast.uma)
    others = AppSessionFactory.create(user=cast.gail)
    delete_users([cast.uma], customer=cast.contoso, actor=cast.alice)
    User.objects.filter(pk=cast.uma.pk).update(purge_after=timezone.now())
    assert purge_due_users().removed == 1
    assert list(AppSession.objects.all()) == [others]
