"""Assigning by a list of names: what is asked of existing users, and what an answer does."""

import pytest
from django.test import Client
from openpyxl import Workbook

from accounts.invariants import violations
from accounts.models import User
from accounts.services.undo import undo_batch
from customers.models import Batch, BatchState
from licensing.errors import SeatsShort
from licensing.models import LicenseAssignment, Subscription
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory, assign
from tests.support.cast import Cast
from tests.support.html import problems as html_problems
from tests.uploads.spreadsheets.workbooks import saved
from tests.uploads.uploading import Rows, confirmed, outcomes, problems, upload_of
from uploads.actions import UPLOAD
from uploads.models import Upload, UploadState
from uploads.services import (
    Assigning,
    Existing,
    Licensing,
    Options,
    Short,
    UploadCounts,
    check_upload,
    choose_options,
    read_again,
)
from uploads.views.assigning import ToAssign, to_assign

NAMES = [["User Name"], ["uma@contoso.example"], ["ian@contoso.example"], ["joe@contoso.example"]]


pytestmark = pytest.mark.usefixtures("no_patience")


@pytest.fixture
def archive(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail Archive", plans=["POP"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product, quantity=3)


@pytest.fixture
def ian(cast: Cast) -> User:
    return UserFactory.create(customer=cast.contoso, local_part="ian")


@pytest.fixture(autouse=True)
def joe(cast: Cast) -> User:
    return UserFactory.create(customer=cast.contoso, local_part="joe")


def checked(cast: Cast, rows: bytes | Rows, *chosen: Subscription, **options: object) -> Upload:
    made = Options(licenses={each.pk: () for each in chosen}).changed(**options)
    return upload_of(rows, customer=cast.contoso, actor=cast.alice, options=made)


def answered(upload: Upload, answer: Assigning, cast: Cast) -> Upload:
    choose_options(upload, assigning=answer, actor=cast.alice)
    assert check_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def written(upload: Upload, cast: Cast, short: Short = Short.STOP) -> Batch:
    batch = confirmed(upload, actor=cast.alice, short=short)
    assert batch.state == BatchState.DONE, batch.refusal
    assert violations() == []
    return batch


def held(user: User) -> dict[str, list[str]]:
    live = LicenseAssignment.objects.live().filter(user=user)
    return {each.subscription.product.name: list(each.services_off) for each in live}


def test_nothing_is_assigned_before_it_is_asked(
    cast: Cast, archive: Subscription, ian: User
) -> None:
    upload = checked(cast, NAMES, archive)

    assert outcomes(upload) == {2: "leave", 3: "leave", 4: "leave"}
    assert to_assign(upload) == ToAssign(Assigning.UNDECIDED, ["Mail Archive"], 3)
    assert UploadCounts.from_json(upload.counts).acts == 0


def test_the_page_says_that_an_answer_is_missing(
    client: Client, cast: Cast, archive: Subscription, ian: User, joe: User
) -> None:
    assign(archive, joe)
    client.force_login(cast.alice)
    upload = checked(cast, NAMES, archive)
    response = client.get(f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/")
    figures = {label: figure for label, figure, _tone in response.context["tally"]}
    assert (figures["Waiting for your answer"], figures["Unchanged"]) == (2, 1)
    page = response.content.decode()
    assert "Answer the question above first." in page
    assert "Nothing to confirm" not in page


def test_the_result_lists_what_was_assigned_to_whom(
    client: Client, cast: Cast, archive: Subscription, ian: User, joe: User
) -> None:
    client.force_login(cast.alice)
    upload = answered(checked(cast, NAMES, archive), Assigning.ASSIGN, cast)
    batch = written(upload, cast)
    # The batch's own page says no more than that either.
    assert UPLOAD.heading(batch) == "Licenses updated"
    response = client.get(f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/")
    rows = response.context["rows"]
    assert {row.user_name for row in rows} >= {ian.user_name, joe.user_name}
    assert all("Mail Archive" in str(row.groups) for row in rows)


def test_answer_assigns_to_all_who_lack_it_and_is_undone(
    cast: Cast, archive: Subscription, ian: User, joe: User
) -> None:
    assign(archive, joe, services_off=["POP"])
    word = SubscriptionFactory.create(customer=cast.contoso, holders=[cast.uma])
    upload = checked(cast, NAMES, archive)
    assert to_assign(upload) == ToAssign(Assigning.UNDECIDED, ["Mail Archive"], 2)

    answered(upload, Assigning.ASSIGN, cast)

    assert outcomes(upload) == {2: "change", 3: "change", 4: "leave"}
    assert UploadCounts.from_json(upload.counts).seats == {archive.pk: 2}
    batch = written(upload, cast)
    assert held(cast.uma) == {"Mail Archive": [], word.product.name: []}
    assert held(ian) == {"Mail Archive": []}
    assert held(joe) == {"Mail Archive": ["POP"]}

    undo = undo_batch(batch, actor=cast.alice)

    assert undo.state == BatchState.DONE
    assert held(cast.uma) == {word.product.name: []}
    assert held(ian) == {}
    assert held(joe) == {"Mail Archive": ["POP"]}
    assert violations() == []


def test_answer_can_be_taken_back(cast: Cast, archive: Subscription, ian: User) -> None:
    upload = answered(checked(cast, NAMES, archive), Assigning.ASSIGN, cast)

    answered(upload, Assigning.LEAVE, cast)

    assert outcomes(upload) == {2: "leave", 3: "leave", 4: "leave"}
    assert to_assign(upload) == ToAssign(Assigning.LEAVE, ["Mail Archive"], 3)


def test_names_of_nobody_stay_wrong(cast: Cast, archive: Subscription) -> None:
    upload = answered(checked(cast, NAMES, archive), Assigning.ASSIGN, cast)

    assert outcomes(upload) == {2: "change", 3: "wrong", 4: "change"}
    [(column, text)] = problems(upload)[3]
    assert (column, text[:31]) == ("display_name", "No user has this user name, and")


def test_new_users_of_the_file_get_them_whatever_is_answered(
    cast: Cast, archive: Subscription
) -> None:
    rows = [
        ["User Name", "Display Name"],
        ["uma@contoso.example", "Uma"],
        ["new@contoso.example", "New"],
    ]
    upload = checked(cast, rows, archive)
    assert to_assign(upload) == ToAssign(Assigning.UNDECIDED, ["Mail Archive"], 1)

    written(upload, cast)

    assert held(cast.uma) == {}
    assert held(User.objects.get(username="new@contoso.example")) == {"Mail Archive": []}


def test_details_and_licenses_of_a_row_change_together(cast: Cast, archive: Subscription) -> None:
    rows = [["User Name", "Office"], ["uma@contoso.example", "Leeds"]]
    upload = checked(cast, rows, archive, existing=Existing(details=True))

    written(answered(upload, Assigning.ASSIGN, cast), cast)

    cast.uma.refresh_from_db()
    assert cast.uma.office == "Leeds"
    assert held(cast.uma) == {"Mail Archive": []}


def test_services_off_of_a_row_are_off_in_what_is_assigned(
    cast: Cast, archive: Subscription
) -> None:
    rows = [["User Name", "Services off"], ["uma@contoso.example", "POP"]]
    upload = checked(cast, rows, archive)

    written(answered(upload, Assigning.ASSIGN, cast), cast)

    assert held(cast.uma) == {"Mail Archive": ["POP"]}


def test_nothing_is_asked_where_rows_name_their_licenses_or_nothing_was_chosen(
    cast: Cast, archive: Subscription, joe: User
) -> None:
    with_column = [["User Name", "Subscriptions"], ["uma@contoso.example", ""]]
    assert to_assign(checked(cast, with_column, archive)) is None
    assert to_assign(checked(cast, NAMES)) is None
    assign(archive, joe)
    assert to_assign(checked(cast, [NAMES[0], NAMES[3]], archive)) is None


def test_one_of_two_subscriptions_is_lacking(cast: Cast, archive: Subscription, joe: User) -> None:
    product = ProductFactory.create(name="Calendar")
    calendar = SubscriptionFactory.create(customer=cast.contoso, product=product)
    assign(archive, joe)
    upload = checked(cast, [NAMES[0], NAMES[3]], archive, calendar)
    asked = to_assign(upload)
    assert asked is not None
    assert (sorted(asked.products), asked.users) == (["Calendar", "Mail Archive"], 1)

    answered(upload, Assigning.ASSIGN, cast)

    assert UploadCounts.from_json(upload.counts).seats == {calendar.pk: 1}


def test_too_few_seats_are_told_before_anything_is_written(
    cast: Cast, archive: Subscription, ian: User
) -> None:
    Subscription.objects.filter(pk=archive.pk).update(quantity=2)
    upload = answered(checked(cast, NAMES, archive), Assigning.ASSIGN, cast)
    with pytest.raises(SeatsShort):
        confirmed(upload, actor=cast.alice)
    assert held(cast.uma) == {}

    written(upload, cast, Short.FIRST)

    assert [bool(held(user)) for user in (cast.uma, ian)] == [True, True]
    archive.refresh_from_db()
    assert archive.assigned == 2


def test_rule_of_a_product_is_told_at_the_row(cast: Cast, archive: Subscription) -> None:
    Subscription.objects.filter(pk=archive.pk).update(status="suspended")
    upload = answered(checked(cast, NAMES[:2], archive), Assigning.ASSIGN, cast)
    assert outcomes(upload) == {2: "wrong"}
    [(column, _text)] = problems(upload)[2]
    assert column == "subscriptions"


def test_answer_is_of_the_rows_that_were_read_then(cast: Cast, archive: Subscription) -> None:
    book = Workbook()
    book.active.title = "Users"
    for line in NAMES:
        book.active.append(line)
    sheet = book.create_sheet("Others")
    for line in NAMES[:2]:
        sheet.append(line)
    upload = answered(checked(cast, saved(book), archive), Assigning.ASSIGN, cast)

    read_again(upload, sheet="Others", actor=cast.alice)

    assert check_upload(upload.pk)
    upload.refresh_from_db()
    assert outcomes(upload) == {2: "leave"}
    assert to_assign(upload) == ToAssign(Assigning.UNDECIDED, ["Mail Archive"], 1)


def test_licenses_of_the_column_and_chosen_ones_do_not_mix(
    cast: Cast, archive: Subscription
) -> None:
    product = ProductFactory.create(name="Calendar")
    SubscriptionFactory.create(customer=cast.contoso, product=product)
    rows = [["User Name", "Subscriptions"], ["uma@contoso.example", "Calendar"]]
    options = {"existing": Existing(licenses=Licensing.ADD), "assigning": Assigning.ASSIGN}
    upload = checked(cast, rows, archive, **options)

    written(upload, cast)

    assert held(cast.uma) == {"Calendar": []}


def test_existing_users_are_asked_about_and_the_answer_is_kept(
    client: Client, cast: Cast, archive: Subscription
) -> None:
    client.force_login(cast.alice)
    upload = upload_of(
        [["User Name"], ["uma@contoso.example"]],
        customer=cast.contoso,
        actor=cast.alice,
        options=Options(licenses={archive.pk: ()}, existing=Existing(details=True)),
    )
    address = f"/customers/{cast.contoso.pk}/uploads/{upload.pk}/"
    page = client.get(address).content.decode()
    assert "1 existing user: assign Mail Archive?" in page
    assert html_problems(page) == []

    client.post(f"{address}assigning/", {"assigning": "leave"})

    check_upload(upload.pk)
    page = client.get(address).content.decode()
    assert "1 existing user does not get Mail Archive." in page
    upload.refresh_from_db()
    chosen = Options.from_json(upload.options)
    assert (chosen.assigning, chosen.existing.details) == (Assigning.LEAVE, True)

    client.post(f"{address}assigning/", {"assigning": "everything"})

    upload.refresh_from_db()
    assert upload.state == UploadState.CHECKED
