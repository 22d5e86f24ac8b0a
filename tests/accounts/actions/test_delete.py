"""Delete user accounts."""

from pytest_django import Settings

from accounts.actions.delete import DELETE
from customers.models import BatchKind
from tests.accounts.actions.acting import do, is_grave, left, points, told
from tests.accounts.undoing import undo
from tests.accounts.verbs import fresh, held, subscribe
from tests.support.cast import Cast


def test_who_is_deleted_frees_seats_and_comes_back_by_undo(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    batch = do(cast, DELETE, cast.uma, cast.gail)
    assert DELETE.heading(batch) == "Users deleted"
    assert told(batch) == {cast.uma.pk: ["Seats freed: Mail"], cast.gail.pk: ["Deleted"]}
    assert DELETE.list_url(batch) == f"/customers/{cast.contoso.pk}/users/deleted/"
    assert undo(batch, cast.alice).kind == BatchKind.RESTORE
    assert (fresh(cast.uma).deleted_at, held(cast.uma)) == (None, [("Mail", [])])


def test_what_happens_names_the_seats_and_the_days(cast: Cast, settings: Settings) -> None:
    settings.DELETED_USER_RETENTION_DAYS = 30
    assert DELETE.points_for_one(cast.uma)[1] == "No license is assigned: no seat changes."
    subscribe(cast, "Mail", cast.uma)
    locked_out, freed, restorable, final = DELETE.points_for_one(cast.uma)
    assert locked_out == (
        "Every open session ends at once, and this account can't be used to sign in."
    )
    assert freed == "1 seat is free at once: Mail."
    assert restorable.startswith("For 30 days the account can be restored, under Deleted users")
    assert final.startswith("Permanently deleted on ")
    assert points(cast, DELETE, cast.uma, cast.gail)[2].startswith(
        "For 30 days the accounts can be restored"
    )


def test_oneself_is_left_out(cast: Cast) -> None:
    assert left(cast, DELETE, cast.uma, cast.gail, actor=cast.gail) == ["oneself"]
    assert str(DELETE.not_self) == "You can't delete yourself."


def test_it_is_grave_for_selected_users_and_for_one_administrator(cast: Cast) -> None:
    assert is_grave(cast, DELETE, cast.uma)
    assert DELETE.is_grave_for_one(fresh(cast.gail))
    assert not DELETE.is_grave_for_one(fresh(cast.uma))


def test_its_undo_is_grave_where_a_global_administrator_comes_back(cast: Cast) -> None:
    assert not DELETE.is_grave_to_undo(do(cast, DELETE, cast.uma))
    assert DELETE.is_grave_to_undo(do(cast, DELETE, cast.gail))


def test_its_button_has_words_for_one_and_for_many() -> None:
    assert (str(DELETE.label), str(DELETE.label_for_one)) == (
        "Delete user accounts",
        "Delete user account",
    )
