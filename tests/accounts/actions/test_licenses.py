"""Manage licenses."""

from accounts.actions.licenses import LICENSES, TAKE_ALL, license_groups
from accounts.services.licenses import LicenseChange
from customers.models import BatchItem
from tests.accounts.actions.acting import do, is_grave, told
from tests.accounts.undoing import undo
from tests.accounts.verbs import held, subscribe
from tests.support.cast import Cast


def test_licenses_are_given_told_and_taken_back(cast: Cast) -> None:
    mail, chat = subscribe(cast, "Mail"), subscribe(cast, "Chat", cast.uma)
    wanted = {mail.pk: LicenseChange(have=True), chat.pk: LicenseChange(have=False)}
    changes = {str(pk): change.as_json() for pk, change in wanted.items()}
    batch = do(cast, LICENSES, cast.uma, changes=changes, as_many_as_fit=False)
    assert held(cast.uma) == [("Mail", [])]
    assert LICENSES.heading(batch) == "Licenses updated"
    assert told(batch) == {cast.uma.pk: ["Assigned: Mail", "Revoked: Chat"]}
    undo(batch, cast.alice)
    assert held(cast.uma) == [("Chat", [])]


def test_all_licenses_are_those_of_the_day_it_is_run(cast: Cast) -> None:
    subscribe(cast, "Mail", cast.uma)
    batch = do(cast, LICENSES, cast.uma, **TAKE_ALL)
    assert (held(cast.uma), told(batch)) == ([], {cast.uma.pk: ["Revoked: Mail"]})


def test_switched_plans_and_subscriptions_of_others_are_told_apart() -> None:
    item = BatchItem(
        before={"licenses": {"1": ["CHAT"], "2": None}},
        after={"licenses": {"1": [], "2": None}},
    )
    assert license_groups(item, {"1": "Mail", "3": "Phone"}) == [
        ("Assigned", []),
        ("Revoked", []),
        ("Service plans changed", ["Mail"]),
    ]


def test_no_proof_is_asked_for(cast: Cast) -> None:
    assert not is_grave(cast, LICENSES, cast.gail)
    assert not LICENSES.not_self
