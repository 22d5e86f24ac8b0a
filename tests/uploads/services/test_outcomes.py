"""People who are there already, or were deleted: what a file does to them, and what not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.invariants import violations
from accounts.models import User
from accounts.services.users import delete_users
from customers.models import Batch, BatchState
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription
from tests.factories import (
    ProductFactory,
    ScimLinkFactory,
    SourceFactory,
    SubscriptionFactory,
    UserFactory,
    assign,
)
from tests.support.cast import Cast
from tests.uploads.uploading import Rows, confirmed, outcomes, problems, upload_of
from uploads.models import RowDecision, Upload
from uploads.services import Existing, Licensing, Options, decide_row, free_names

NAMES = ["User Name", "Display Name"]
DETAILS = Existing(details=True)
PERMISSIONS = Existing(permissions=True)
ADD, REPLACE = Existing(licenses=Licensing.ADD), Existing(licenses=Licensing.REPLACE)


def checked(
    cast: Cast, rows: Rows, existing: Existing | None = None, *, actor: User | None = None
) -> Upload:
    options = Options(existing=existing or Existing())
    return upload_of(rows, customer=cast.contoso, actor=actor or cast.alice, options=options)


def written(upload: Upload, cast: Cast, *, actor: User | None = None) -> Batch:
    batch = confirmed(upload, actor=actor or cast.alice)
    assert batch.state == BatchState.DONE, batch.refusal
    assert violations() == []
    return batch


def subscription_to(cast: Cast, name: str, *plans: str, quantity: int = 5) -> Subscription:
    product = ProductFactory.create(name=name, sku=name.upper(), plans=plans)
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=quantity)


def held(user: User) -> dict[str, list[str]]:
    live = LicenseAssignment.objects.live().filter(user=user)
    return {each.subscription.product.name: list(each.services_off) for each in live}


def test_people_who_are_there_are_left_alone(cast: Cast) -> None:
    headings = [*NAMES, "Department", "Permissions", "Subscriptions", "Country or Region"]
    row = ["UMA@contoso.example", "Uma", "Sales", "Global administrator", "Nothing", "Atlantis"]

    upload = checked(cast, [headings, row])

    found = upload.rows.get()
    assert (found.outcome, found.user_id) == ("leave", cast.uma.pk)
    assert (found.problems, found.notices) == ([], [])


def test_namesake_is_told_of_with_the_next_free_name(cast: Cast) -> None:
    UserFactory.create(customer=cast.contoso, local_part="uma2")
    rows = [NAMES, ["uma@contoso.example", "Uma Thorn"], ["uma3@contoso.example", "Another"]]

    upload = checked(cast, rows)

    row = upload.rows.get(number=2)
    [notice] = row.notices
    assert (row.outcome, notice["column"]) == ("leave", "display_name")
    assert notice["text"].startswith("Uma already has this user name.")
    assert free_names([row]) == {2: "uma4@contoso.example"}


def test_deleted_namesake_is_a_new_person_unless_chosen_otherwise(cast: Cast) -> None:
    ian, joe = (
        UserFactory.create(customer=cast.contoso, local_part=name, display_name=name.title())
        for name in ("ian", "joe")
    )
    delete_users([ian, joe], customer=cast.contoso, actor=cast.alice)
    rows = [NAMES, ["ian@contoso.example", "New Ian"], ["joe@contoso.example", "New Joe"]]
    upload = checked(cast, rows)
    assert outcomes(upload) == {2: "add", 3: "add"}
    [notice] = upload.rows.get(number=2).notices
    assert notice["text"].startswith("Ian had this user name and was deleted on ")

    decide_row(upload, 3, RowDecision.RESTORE, actor=cast.alice)
    assert outcomes(upload) == {2: "add", 3: "restore"}
    written(upload, cast)

    new = User.objects.get(username="ian@contoso.example")
    back = User.objects.get(username="joe@contoso.example")
    assert (new.pk == ian.pk, new.display_name) == (False, "New Ian")
    assert (back.pk == joe.pk, back.display_name) == (True, "Joe")


def test_deleted_namesakes_come_back_for_all_rows_but_one(cast: Cast) -> None:
    users = [UserFactory.create(customer=cast.contoso, local_part=name) for name in ("ian", "joe")]
    delete_users(users, customer=cast.contoso, actor=cast.alice)
    rows = [NAMES, ["ian@contoso.example", "Ian"], ["joe@contoso.example", "Joe"]]
    options = Options(restores=True)
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)
    assert outcomes(upload) == {2: "restore", 3: "restore"}

    decide_row(upload, 2, RowDecision.NEW, actor=cast.alice)

    assert outcomes(upload) == {2: "add", 3: "restore"}
    written(upload, cast)
    assert User.objects.get(username="ian@contoso.example").pk != users[0].pk
    assert User.objects.get(username="joe@contoso.example").pk == users[1].pk


def test_restored_take_the_seats_that_new_people_leave(cast: Cast) -> None:
    mail = subscription_to(cast, "Mail", quantity=1)
    ian = UserFactory.create(customer=cast.contoso, local_part="ian")
    assign(mail, ian)
    delete_users([ian], customer=cast.contoso, actor=cast.alice)
    rows = [
        [*NAMES, "Subscriptions"],
        ["ian@contoso.example", "Ian", ""],
        ["new@contoso.example", "New", "Mail"],
    ]
    options = Options(restores=True)
    upload = upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)

    written(upload, cast)

    assert held(User.objects.get(username="new@contoso.example")) == {"Mail": []}
    assert held(User.objects.get(username="ian@contoso.example")) == {}


def test_details_change_where_cells_are_not_empty(cast: Cast) -> None:
    User.objects.filter(pk=cast.uma.pk).update(city="Oslo", department="Sales")
    headings = [*NAMES, "Department", "City", "Permissions"]
    rows = [
        headings,
        ["uma@contoso.example", "Uma Thorn", "", "Bergen", "Global administrator"],
        ["gail@contoso.example", "Gail", "", "", ""],
    ]
    upload = checked(cast, rows, DETAILS)
    assert outcomes(upload) == {2: "change", 3: "leave"}

    batch = written(upload, cast)

    uma = User.objects.get(pk=cast.uma.pk)
    assert (uma.display_name, uma.department, uma.city) == ("Uma Thorn", "Sales", "Bergen")
    assert uma.roles == ()
    assert batch.items.get().before == {"display_name": "Uma", "city": "Oslo"}


def test_what_is_not_ticked_need_not_be_right(cast: Cast) -> None:
    headings = [*NAMES, "Permissions", "Subscriptions", "City"]
    rows = [headings, ["uma@contoso.example", "Uma Thorn", "Emperor", "Nothing", "x" * 129]]

    assert outcomes(checked(cast, rows)) == {2: "leave"}
    wrong = checked(cast, rows, DETAILS)
    assert outcomes(wrong) == {2: "wrong"}
    assert [column for column, _text in problems(wrong)[2]] == ["city"]
    wrong = checked(cast, rows, PERMISSIONS)
    assert [column for column, _text in problems(wrong)[2]] == ["permissions"]
    wrong = checked(cast, rows, ADD)
    assert [column for column, _text in problems(wrong)[2]] == ["subscriptions"]


def test_permissions_change_with_their_box(cast: Cast) -> None:
    headings = [*NAMES, "Permissions"]
    rows = [
        headings,
        ["uma@contoso.example", "Somebody", "User; License administrator"],
        ["gail@contoso.example", "Gail", ""],
    ]
    upload = checked(cast, rows, PERMISSIONS)
    assert outcomes(upload) == {2: "change", 3: "leave"}

    written(upload, cast)

    uma = User.objects.get(pk=cast.uma.pk)
    assert (uma.display_name, uma.roles) == ("Uma", (Role.LICENSE_ADMIN,))


def test_file_of_user_names_adds_licenses(cast: Cast) -> None:
    mail, word = subscription_to(cast, "Mail", "POP"), subscription_to(cast, "Word")
    assign(mail, cast.uma, services_off=["POP"])
    rows = [
        ["User Name", "Subscriptions"],
        ["uma@contoso.example", "Word;Mail"],
        ["gail@contoso.example", "word"],
        ["nobody@contoso.example", "word"],
    ]
    upload = checked(cast, rows, ADD)
    assert outcomes(upload) == {2: "change", 3: "change", 4: "wrong"}
    told = "No user has this user name, and the file has no names to add one with."
    assert problems(upload) == {4: [("display_name", told)]}
    assert upload.counts["seats"] == {str(word.pk): 2}

    written(upload, cast)

    assert held(cast.uma) == {"Mail": ["POP"], "Word": []}
    assert held(cast.gail) == {"Word": []}


def test_file_of_user_names_replaces_licenses(cast: Cast) -> None:
    mail, word = subscription_to(cast, "Mail"), subscription_to(cast, "Word", quantity=1)
    assign(mail, cast.uma, cast.gail)
    rows = [
        ["User Name", "Subscriptions"],
        ["uma@contoso.example", "Word"],
        ["gail@contoso.example", ""],
    ]
    upload = checked(cast, rows, REPLACE)
    assert outcomes(upload) == {2: "change", 3: "leave"}
    assert upload.counts["seats"] == {str(word.pk): 1, str(mail.pk): -1}

    written(upload, cast)

    assert (held(cast.uma), held(cast.gail)) == ({"Word": []}, {"Mail": []})


def test_services_of_those_who_hold_a_product_change_with_their_column(cast: Cast) -> None:
    mail = subscription_to(cast, "Mail", "POP", "IMAP")
    assign(mail, cast.uma, services_off=["POP"])
    rows = [["User Name", "Subscriptions", "Services off"], ["uma@contoso.example", "Mail", "Imap"]]
    upload = checked(cast, rows, ADD)
    assert (outcomes(upload), upload.counts.get("seats")) == ({2: "change"}, {})

    written(upload, cast)

    assert held(cast.uma) == {"Mail": ["IMAP"]}


def test_replacing_does_not_leave_an_add_on_without_its_base(cast: Cast) -> None:
    base = subscription_to(cast, "Base")
    extra = ProductFactory.create(name="Extra", requires=[base.product])
    assign(base, cast.uma)
    SubscriptionFactory.create(customer=cast.contoso, product=extra, holders=[cast.uma])
    rows = [["User Name", "Subscriptions"], ["uma@contoso.example", "Extra"]]

    found = problems(checked(cast, rows, REPLACE))

    assert ("subscriptions", "Extra, which stays, needs Base.") in found[2]


def test_user_admin_neither_touches_nor_makes_administrators(cast: Cast) -> None:
    helper = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN], local_part="helper")
    gone = UserFactory.create(
        customer=cast.contoso, roles=[Role.GLOBAL_ADMIN], local_part="gone", deleted=True
    )
    rows = [
        [*NAMES, "Permissions"],
        ["gail@contoso.example", "Gail Thorn", ""],
        ["uma@contoso.example", "Uma", "Global administrator"],
        ["new@contoso.example", "New", "User administrator"],
        ["plain@contoso.example", "Plain", "User"],
        [gone.user_name, "Gone", ""],
    ]
    existing = Existing(details=True, permissions=True)
    options = Options(existing=existing, restores=True)

    upload = upload_of(rows, customer=cast.contoso, actor=helper, options=options)

    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "add", 6: "wrong"}
    beyond = "%s is an administrator, whom your role can't manage."
    refused = "Your role can't make a user an administrator. Choose User."
    assert problems(upload) == {
        2: [("user_name", beyond % "Gail")],
        3: [("permissions", refused)],
        4: [("permissions", refused)],
        6: [("user_name", beyond % gone.display_name)],
    }


def test_nobody_demotes_themself(cast: Cast) -> None:
    rows = [[*NAMES, "Permissions"], ["gail@contoso.example", "Gail", "User"]]

    upload = checked(cast, rows, PERMISSIONS, actor=cast.gail)

    assert outcomes(upload) == {2: "wrong"}
    assert [column for column, _text in problems(upload)[2]] == ["permissions"]
    assert outcomes(checked(cast, rows, PERMISSIONS)) == {2: "change"}


def test_same_file_again_adds_only_what_is_new(cast: Cast) -> None:
    subscription_to(cast, "Mail")
    rows = [[*NAMES, "Subscriptions"]]
    rows += [[f"u{at}@contoso.example", f"U {at}", "Mail"] for at in range(3)]
    written(checked(cast, rows), cast)

    again = checked(cast, [*rows, ["last@contoso.example", "Last", "mail"]])

    assert outcomes(again) == {2: "leave", 3: "leave", 4: "leave", 5: "add"}
    assert not again.rows.exclude(notices=[]).exists()
    batch = written(again, cast)
    assert (batch.total, batch.done, batch.failed) == (1, 1, 0)
    assert User.objects.filter(customer=cast.contoso).count() == 6


# SQLite takes a statement for every thousand values.
@pytest.mark.postgres
@pytest.mark.parametrize("sizes", [(3, 60), (220, 300)])
def test_writing_asks_the_database_as_often_for_any_number_of_rows(
    cast: Cast, sizes: tuple[int, int]
) -> None:
    """Few rows are written by Django, many as a set."""
    subscription_to(cast, "Mail", quantity=2_000)
    counted = []
    for count in sizes:
        there = UserFactory.create_batch(count, customer=cast.contoso)
        names = [f"new{count}-{at}@contoso.example" for at in range(count)]
        names += [user.user_name for user in there]
        rows = [[name, f"{name} A", "Mail"] for name in names]
        existing = Existing(details=True, licenses=Licensing.ADD)
        upload = checked(cast, [[*NAMES, "Subscriptions"], *rows], existing)
        with CaptureQueriesContext(connection) as captured:
            batch = confirmed(upload, actor=cast.alice)
        assert (batch.state, batch.done) == (BatchState.DONE, 2 * count)
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert violations() == []


def test_what_a_source_keeps_is_an_error_at_its_cell(cast: Cast) -> None:
    source = SourceFactory.create(customer=cast.contoso, name="Personio")
    ScimLinkFactory.create(source=source, user=cast.uma, fields=["display_name"])
    headings = [*NAMES, "City"]
    rows = [
        headings,
        ["uma@contoso.example", "Uma Thorn", "Bergen"],
        ["gail@contoso.example", "Gail", "Oslo"],
    ]
    upload = checked(cast, rows, DETAILS)
    assert outcomes(upload) == {2: "wrong", 3: "change"}
    [problem] = upload.rows.get(number=2).problems
    assert (problem["column"], problem["cause"]) == ("display_name", "kept")
    assert problem["text"].startswith("Display name: kept by Personio.")
    others = checked(cast, [headings, ["uma@contoso.example", "Uma", "Bergen"]], DETAILS)
    assert outcomes(others) == {2: "change"}
