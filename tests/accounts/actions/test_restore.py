"""Restore."""

from accounts.actions.restore import RESTORE
from customers.models import BatchKind
from customers.roles import Role
from licensing.services.subscriptions import suspend_subscription
from tests.accounts.actions.acting import do, told
from tests.accounts.undoing import undo
from tests.accounts.verbs import delete, fresh, subscribe
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_who_is_restored_is_told_of_licenses_and_deleted_again_by_undo(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    phone = subscribe(cast, "Phone", cast.uma)
    delete(cast, cast.uma)
    suspend_subscription(phone, actor=cast.alice)
    batch = do(cast, RESTORE, cast.uma)
    assert RESTORE.heading(batch) == "Users restored"
    assert told(batch) == {
        cast.uma.pk: [
            "Licenses assigned again: Mail",
            "Could not be assigned again: Phone: the subscription is suspended.",
        ]
    }
    assert RESTORE.list_url(batch) == f"/customers/{cast.contoso.pk}/users/"
    assert undo(batch, cast.alice).kind == BatchKind.DELETE
    assert fresh(cast.uma).deleted_at is not None


def test_who_has_nothing_to_tell_is_restored(cast: Cast) -> None:
    delete(cast, cast.uma)
    assert told(do(cast, RESTORE, cast.uma)) == {cast.uma.pk: ["Restored"]}


def test_it_is_grave_where_a_global_administrator_comes_back(cast: Cast) -> None:
    limited = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])
    assert RESTORE.is_grave_for_one(fresh(cast.gail))
    assert not RESTORE.is_grave_for_one(fresh(limited))


def test_its_undo_deletes_and_is_always_grave(cast: Cast) -> None:
    delete(cast, cast.uma)
    assert RESTORE.is_grave_to_undo(do(cast, RESTORE, cast.uma))
