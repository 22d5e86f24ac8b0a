"""What is chosen for all rows of a file, and other choices later."""

import pytest

from accounts.models import User
from customers.errors import Refused
from customers.roles import Role
from licensing.models import LicenseAssignment, Subscription, SubscriptionStatus
from tests.factories import ProductFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.uploads.uploading import Rows, confirmed, outcomes, problems, upload_of
from uploads.models import Upload, UploadState
from uploads.services import (
    Assigning,
    Existing,
    Licensing,
    Options,
    Short,
    check_upload,
    choose_options,
)

ROWS = [
    ["User Name", "Display Name", "Usage location", "Country or Region", "Permissions"],
    ["ada@contoso.example", "Ada", "", "", ""],
    ["bo@contoso.example", "Bo", "", "Norway", ""],
    ["cy@contoso.example", "Cy", "se", "Norway", "User"],
]


@pytest.fixture
def mail(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Mail", plans=["POP", "IMAP"])
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.fixture
def word(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Word")
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


def checked(cast: Cast, rows: Rows, options: Options, *, actor: User | None = None) -> Upload:
    return upload_of(rows, customer=cast.contoso, actor=actor or cast.alice, options=options)


def added(upload: Upload, cast: Cast) -> dict[str, User]:
    confirmed(upload, actor=cast.alice)
    assert upload.state == UploadState.DONE, upload.refusal
    names = [row[0] for row in ROWS[1:]]
    users = User.objects.with_roles().filter(username__in=names)
    return {user.display_name: user for user in users}


def licenses(user: User) -> dict[str, list[str]]:
    live = LicenseAssignment.objects.live().filter(user=user)
    return {each.subscription.product.name: list(each.services_off) for each in live}


def test_existing_users_are_changed_by_the_columns_that_were_chosen() -> None:
    columns = ("office", "", "permissions", "subscriptions", "services_off")
    used = [
        [column for column in columns if options.uses(column)]
        for options in (
            Options(),
            Options(existing=Existing(details=True)),
            Options(existing=Existing(permissions=True)),
            Options(existing=Existing(licenses=Licensing.ADD)),
            Options(assigning=Assigning.ASSIGN),
            Options(assigning=Assigning.LEAVE),
        )
    ]
    assert used == [
        [],
        ["office", ""],
        ["permissions"],
        ["subscriptions", "services_off"],
        ["subscriptions", "services_off"],
        [],
    ]


def test_location_is_the_rows_else_its_country_else_the_chosen_one(cast: Cast) -> None:
    users = added(checked(cast, ROWS, Options(usage_location="DK")), cast)
    assert {name: str(user.usage_location) for name, user in users.items()} == {
        "Ada": "DK",
        "Bo": "NO",
        "Cy": "SE",
    }
    assert str(users["Cy"].country) == "NO"


def test_location_is_the_customers_where_nobody_chose_one(cast: Cast) -> None:
    users = added(checked(cast, ROWS, Options()), cast)
    assert str(users["Ada"].usage_location) == cast.contoso.country.code


def test_permissions_for_all_are_for_rows_that_name_none(cast: Cast) -> None:
    users = added(checked(cast, ROWS, Options(roles=(Role.LICENSE_ADMIN,))), cast)
    assert users["Ada"].roles == (Role.LICENSE_ADMIN,)
    assert users["Cy"].roles == ()


def test_subscriptions_for_all_are_for_rows_that_name_none(
    cast: Cast, mail: Subscription, word: Subscription
) -> None:
    rows = [
        ["User Name", "Display Name", "Subscriptions", "Services off"],
        ["ada@contoso.example", "Ada", "", ""],
        ["bo@contoso.example", "Bo", "Word", ""],
        ["cy@contoso.example", "Cy", "", "pop"],
    ]
    upload = checked(cast, rows, Options(licenses={mail.pk: ()}))
    assert upload.counts["seats"] == {str(mail.pk): 2, str(word.pk): 1}

    users = added(upload, cast)

    assert licenses(users["Ada"]) == {"Mail": []}
    assert licenses(users["Bo"]) == {"Word": []}
    assert licenses(users["Cy"]) == {"Mail": ["POP"]}


def test_subscriptions_for_all_are_not_for_those_who_are_there(
    cast: Cast, mail: Subscription
) -> None:
    options = Options(licenses={mail.pk: ()}, existing=Existing(licenses=Licensing.REPLACE))
    rows = [
        ["User Name", "Display Name", "Services off"],
        ["uma@contoso.example", "Uma", ""],
        ["gail@contoso.example", "Gail", "pop"],
    ]
    assert outcomes(checked(cast, rows, options)) == {2: "leave", 3: "leave"}


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (SubscriptionStatus.SUSPENDED, "The subscription to Mail is suspended: resume it first."),
        (SubscriptionStatus.CANCELED, "A subscription chosen for all users no longer exists."),
    ],
)
@pytest.mark.parametrize("off", ["", "pop"])
def test_subscription_for_all_that_ended_meanwhile_is_told_at_each_row(
    cast: Cast, mail: Subscription, status: SubscriptionStatus, told: str, off: str
) -> None:
    Subscription.objects.filter(pk=mail.pk).update(status=status)
    rows = [
        ["User Name", "Display Name", "Subscriptions", "Services off"],
        ["ada@contoso.example", "Ada", "", off],
    ]

    upload = checked(cast, rows, Options(licenses={mail.pk: ()}))

    assert upload.state == UploadState.CHECKED, upload.refusal
    assert ("subscriptions", told) in problems(upload)[2]


def test_other_choices_check_all_rows_again_and_are_no_surprise(cast: Cast) -> None:
    rows = [*ROWS, ["uma@contoso.example", "Uma Thorn", "", "", ""]]
    upload = checked(cast, rows, Options())
    assert outcomes(upload)[5] == "leave"

    choose_options(upload, existing=Existing(details=True), actor=cast.alice)
    assert check_upload(upload.pk)

    upload.refresh_from_db()
    assert outcomes(upload) == {2: "add", 3: "add", 4: "add", 5: "change"}
    assert upload.counts["rows"] == {"add": 3, "change": 1}
    assert not upload.reading.changed


def test_a_choice_of_another_tab_stays(cast: Cast) -> None:
    upload = checked(cast, ROWS, Options())
    # Two pages that were opened before either was answered.
    tabs = [Upload.objects.get(pk=upload.pk) for _tab in range(2)]
    choose_options(tabs[0], existing=Existing(permissions=True), restores=True, actor=cast.alice)
    assert check_upload(upload.pk)
    choose_options(tabs[1], assigning=Assigning.LEAVE, actor=cast.alice)
    upload.refresh_from_db()
    assert Options.from_json(upload.options) == Options(
        existing=Existing(permissions=True), restores=True, assigning=Assigning.LEAVE
    )


def test_choices_are_over_once_it_is_confirmed(cast: Cast) -> None:
    upload = checked(cast, ROWS, Options())
    confirmed(upload, actor=cast.alice)
    with pytest.raises(Refused, match="no longer open: Done"):
        choose_options(upload, actor=cast.alice)


def test_choices_come_back_as_they_were_stored(cast: Cast, mail: Subscription) -> None:
    options = Options(
        usage_location="NO",
        roles=(Role.USER_ADMIN,),
        licenses={mail.pk: ("POP",)},
        existing=Existing(details=True, permissions=True, licenses=Licensing.ADD),
        assigning=Assigning.ASSIGN,
        restores=True,
        short=Short.FIRST,
        names_nobody=True,
    )
    assert Options.from_json(options.as_json()) == options


def test_choices_from_before_existing_users_were_asked_about_have_no_answer() -> None:
    stored = Options(restores=True).as_json()
    del stored["assigning"]
    assert Options.from_json(stored) == Options(restores=True)


def test_user_admin_cannot_choose_an_administrators_permissions_for_all(cast: Cast) -> None:
    helper = UserFactory.create(customer=cast.contoso, roles=[Role.USER_ADMIN])

    upload = checked(cast, ROWS[:2], Options(roles=(Role.GLOBAL_ADMIN,)), actor=helper)

    assert [column for column, _text in problems(upload)[2]] == ["permissions"]
