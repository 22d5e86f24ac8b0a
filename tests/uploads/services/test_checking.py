"""Every problem that a row can have, at its column, with what would be right."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from licensing.models import Subscription, SubscriptionStatus
from tests.factories import ProductFactory, ServicePlanFactory, SubscriptionFactory, UserFactory
from tests.support.cast import Cast
from tests.uploads.uploading import Rows, outcomes, problems, suggestions, upload_of
from uploads.models import Upload
from uploads.services import Existing, Licensing, Options, UploadCounts

NAMES = ["User Name", "Display Name"]
PRODUCTS = [*NAMES, "Subscriptions", "Services off"]


def checked(cast: Cast, rows: Rows, options: Options | None = None) -> Upload:
    return upload_of(rows, customer=cast.contoso, actor=cast.alice, options=options)


def one(cast: Cast, headings: list[str], *cells: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The problems of a single row, and what is suggested instead."""
    upload = checked(cast, [headings, list(cells)])
    return problems(upload).get(2, []), suggestions(upload).get(2, [])


@pytest.fixture
def office(cast: Cast) -> Subscription:
    product = ProductFactory.create(name="Office 365 E3", sku="ENTERPRISEPACK")
    for code, name in (("TEAMS", "Teams"), ("EXCHANGE", "Exchange Online")):
        ServicePlanFactory.create(product=product, code=code, name=name)
    return SubscriptionFactory.create(customer=cast.contoso, product=product)


@pytest.mark.parametrize(
    ("name", "told", "suggestion"),
    [
        ("", "The user name is missing.", "ada@contoso.example"),
        ("ada", "Enter the whole user name, with the @ and the domain.", "ada@contoso.example"),
        ("a da", "Enter the whole user name, with the @ and the domain.", "a.da@contoso.example"),
        ("ada@contso.example", "contso.example is not a domain", "ada@contoso.example"),
        ("ada@else.invalid", "else.invalid is not a domain of this customer.", ""),
        ("gr ace@contoso.example", "A space can't be in a user name.", "gr.ace@contoso.example"),
        ("adé@contoso.example", "(latin small letter e with acute)", "ade@contoso.example"),
        (".ada@contoso.example", "can't begin or end with a dot", "ada@contoso.example"),
        ("a..da@contoso.example", "have two dots in a row", "a.da@contoso.example"),
        (
            f"{'a' * 65}@contoso.example",
            "up to 64 characters before the @",
            "ada@contoso.example",
        ),
        ("a\u200bda@contoso.example", "An invisible character, U+200B", "ada@contoso.example"),
    ],
)
def test_user_name_that_cannot_be(cast: Cast, name: str, told: str, suggestion: str) -> None:
    found, suggested = one(cast, NAMES, name, "Ada")

    assert [column for column, _text in found] == ["user_name"]
    assert told in found[0][1]
    assert suggested == [suggestion]


@pytest.mark.parametrize(
    "again", ["ADA@contoso.example", " ada@CONTOSO.example ", "\uff41da@contoso.example"]
)
def test_name_twice_in_the_file_whatever_its_case_and_form(cast: Cast, again: str) -> None:
    rows = [NAMES, ["ada@contoso.example", "Ada"], ["bo@contoso.example", "Bo"], [again, "Ada"]]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "add", 3: "add", 4: "wrong"}
    assert problems(upload) == {4: [("user_name", "Row 2 has the same user name.")]}


@pytest.mark.parametrize(
    ("heading", "column", "length"),
    [
        ("First Name", "first_name", 64),
        ("Last Name", "last_name", 64),
        ("Display Name", "display_name", 256),
        ("Job Title", "job_title", 64),
        ("Department", "department", 64),
        ("Office Number", "office", 128),
        ("Office Phone", "office_phone", 64),
        ("Mobile Phone", "mobile_phone", 64),
        ("Fax", "fax", 64),
        ("Address", "street", 1_023),
        ("City", "city", 128),
        ("State or Province", "state", 128),
        ("ZIP or Postal Code", "postal_code", 40),
    ],
)
def test_fields_have_the_lengths_of_partner_center(
    cast: Cast, heading: str, column: str, length: int
) -> None:
    names = ["User Name", "Display name", "First name"]
    headings = [each for each in names if each.lower() != heading.lower()] + [heading]
    fits = [f"fits{at}@contoso.example" if not at else "x" for at in range(len(headings) - 1)]
    rows = [
        headings,
        [*fits, "é" * length],
        ["long@contoso.example", *fits[1:], "é" * (length + 1)],
    ]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "add", 3: "wrong"}
    text = f"Shorten this to {length:,} characters or fewer (it has {length + 1:,})."
    assert problems(upload) == {3: [(column, text.replace(",", ""))]}


def test_email_that_is_none_is_told_at_its_column(cast: Cast) -> None:
    headings = [*NAMES, "Alternate email address"]
    found, _suggested = one(cast, headings, "ada@contoso.example", "Ada", "ada at home")
    assert found == [
        ("alternate_email", "Enter an email address such as name@example.com."),
    ]


@pytest.mark.parametrize(
    ("heading", "column"),
    [("Country or Region", "country"), ("Usage location", "usage_location")],
)
def test_unknown_country_is_told_with_the_nearest(cast: Cast, heading: str, column: str) -> None:
    found, suggested = one(cast, [*NAMES, heading], "ada@contoso.example", "Ada", "Germny")

    assert found == [(column, "Germny is not a country. Did you mean Germany?")]
    assert suggested == ["Germany"]


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [("Emperor", ""), ("Globl administrator", "Global administrator"), ("Usr", "User")],
)
def test_unknown_permission_is_told_with_the_nearest(
    cast: Cast, cell: str, suggestion: str
) -> None:
    found, suggested = one(cast, [*NAMES, "Permissions"], "ada@contoso.example", "Ada", cell)

    assert [column for column, _text in found] == ["permissions"]
    assert f"{cell} is not a permission." in found[0][1]
    assert suggested == [suggestion]


def test_limited_administrator_without_an_area_is_asked_for_it(cast: Cast) -> None:
    headings = [*NAMES, "Permissions"]
    found, _none = one(cast, headings, "ada@contoso.example", "Ada", "Limited administrator")
    assert [(column, text[:14]) for column, text in found] == [("permissions", "Say for what: ")]


@pytest.mark.parametrize(
    "cell", ["Office 365 E3", "office 365 e3", "enterprisepack", " OFFICE 365  E3 ;"]
)
def test_product_is_known_by_name_or_sku_whatever_the_case(
    cast: Cast, office: Subscription, cell: str
) -> None:
    upload = checked(cast, [PRODUCTS, ["ada@contoso.example", "Ada", cell, ""]])
    assert upload.rows.get().seats == {str(office.pk): 1}


def test_unknown_product_is_told_with_the_nearest(cast: Cast, office: Subscription) -> None:
    found, suggested = one(cast, PRODUCTS, "ada@contoso.example", "Ada", "Ofice 365 E3", "")

    assert found == [("subscriptions", "There is no subscription named Ofice 365 E3.")]
    assert suggested == [office.product.name]


def test_product_that_was_not_bought_or_is_suspended_is_told(
    cast: Cast, office: Subscription
) -> None:
    ProductFactory.create(name="Visio")
    Subscription.objects.filter(pk=office.pk).update(status=SubscriptionStatus.SUSPENDED)
    rows = [
        PRODUCTS,
        ["ada@contoso.example", "Ada", "visio", ""],
        ["bo@contoso.example", "Bo", office.product.sku, ""],
    ]

    found = problems(checked(cast, rows))

    bought = "This customer has no subscription to Visio. Add the subscription first."
    resumed = "The subscription to Office 365 E3 is suspended: resume it first."
    assert found == {2: [("subscriptions", bought)], 3: [("subscriptions", resumed)]}


def test_two_products_of_one_name_are_told_apart_by_sku(cast: Cast) -> None:
    first, second = (ProductFactory.create(name="Twin", sku=sku) for sku in ("TWIN1", "TWIN2"))
    for product in (first, second):
        SubscriptionFactory.create(customer=cast.contoso, product=product)
    rows = [
        PRODUCTS,
        ["ada@contoso.example", "Ada", "twin", ""],
        ["bo@contoso.example", "Bo", "twin2", ""],
    ]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "wrong", 3: "add"}
    told = "Two products are named twin. Use the SKU instead."
    assert problems(upload) == {2: [("subscriptions", told)]}


@pytest.mark.parametrize("cell", ["teams", "Teams", "Office 365 E3: TEAMS", "ENTERPRISEPACK:teams"])
def test_service_is_known_by_name_code_and_product(
    cast: Cast, office: Subscription, cell: str
) -> None:
    row = ["ada@contoso.example", "Ada", office.product.name, cell]
    assert outcomes(checked(cast, [PRODUCTS, row])) == {2: "add"}


def test_unknown_service_is_told_with_the_nearest(cast: Cast, office: Subscription) -> None:
    row = ["ada@contoso.example", "Ada", office.product.name, "Teems"]

    found, suggested = one(cast, PRODUCTS, *row)

    told = "None of the products of this row has a service named Teems."
    assert found == [("services_off", told)]
    assert suggested == ["teams"]


def test_service_of_two_products_of_the_row_needs_the_product(
    cast: Cast, office: Subscription
) -> None:
    other = ProductFactory.create(name="Essentials", plans=["TEAMS"])
    SubscriptionFactory.create(customer=cast.contoso, product=other)
    both = f"{office.product.name};Essentials"
    rows = [
        PRODUCTS,
        ["ada@contoso.example", "Ada", both, "Teams"],
        ["bo@contoso.example", "Bo", both, "Essentials: Teams"],
    ]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "wrong", 3: "add"}
    [(column, text)] = problems(upload)[2]
    assert (column, "Put the product before it" in text) == ("services_off", True)


def test_license_rules_are_told_at_the_subscriptions(cast: Cast) -> None:
    base = ProductFactory.create(name="Base", blocked_countries=["FR"])
    extra = ProductFactory.create(name="Extra", requires=[base])
    rival = ProductFactory.create(name="Rival", conflicts=[base])
    for product in (base, extra, rival):
        SubscriptionFactory.create(customer=cast.contoso, product=product)
    headings = [*NAMES, "Subscriptions", "Usage location"]
    rows = [
        headings,
        ["a@contoso.example", "A", "Extra", ""],
        ["b@contoso.example", "B", "Base;Rival", ""],
        ["c@contoso.example", "C", "Base", "FR"],
        ["d@contoso.example", "D", "Base;Extra", ""],
    ]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "wrong", 3: "wrong", 4: "wrong", 5: "add"}
    found = problems(upload)
    assert found[2] == [("subscriptions", "Extra needs Base too.")]
    assert ("subscriptions", "Rival can't be combined with Base.") in found[3]
    assert found[4] == [("subscriptions", "Base can't be used in France.")]


def test_row_without_any_name_asks_for_one(cast: Cast) -> None:
    headings = ["User Name", "First Name", "Last Name", "Display Name"]
    rows = [
        headings,
        ["a@contoso.example", "", "", ""],
        ["b@contoso.example", "", "Byron", ""],
        ["c@contoso.example", "", "", "See"],
    ]

    upload = checked(cast, rows)

    assert outcomes(upload) == {2: "wrong", 3: "add", 4: "add"}
    told = "Enter a display name, or a first or last name."
    assert problems(upload) == {2: [("display_name", told)]}


def test_invisible_characters_outside_the_user_name_are_left_out_and_told(cast: Cast) -> None:
    upload = checked(cast, [NAMES, ["ada@contoso.example", "A\u200bda\u00ad"]])

    row = upload.rows.get()
    assert row.outcome == "add"
    [notice] = row.notices
    assert notice["column"] == "display_name"
    assert "U+200B (zero width space), U+00AD (soft hyphen)" in notice["text"]


def test_value_beyond_the_last_heading_is_told(cast: Cast) -> None:
    upload = checked(cast, [NAMES, ["ada@contoso.example", "Ada", "lost"]])
    told = (
        "“lost” has no heading above it: a comma may stand where none belongs. Correct the row here"
        " or in the file; Check again leaves this value out."
    )
    assert problems(upload) == {2: [("", told)]}


def test_nothing_is_suggested_for_a_row_whose_cells_have_moved(cast: Cast) -> None:
    upload = checked(cast, [NAMES, ["com", "Comma", "ma@contoso.example"]])
    [[(column, text), (name, _text)]] = problems(upload).values()
    assert (column, text.partition(" ")[0], name) == ("", "“ma@contoso.example”", "user_name")
    assert suggestions(upload) == {2: ["", ""]}


def test_name_of_somebody_of_another_customer_cannot_be_used(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.adatum, local_part="zoe")
    # Their domain went from one customer to the other and they were left behind.
    name = "zoe@contoso.example"
    User.objects.filter(pk=stranger.pk).update(user_name=name, username=name)

    upload = checked(cast, [NAMES, ["zoe@contoso.example", "Zoe"]])

    assert outcomes(upload) == {2: "wrong"}
    told = "This user name can't be used here. Choose another one."
    assert problems(upload) == {2: [("user_name", told)]}
    assert upload.rows.get().user_id is None


# SQLite takes a statement for every thousand values.
@pytest.mark.postgres
@pytest.mark.parametrize("restores", [False, True])
@pytest.mark.parametrize("sizes", [(1, 60), (70, 100)])
def test_checking_asks_the_database_as_often_for_any_number_of_rows(
    cast: Cast, office: Subscription, sizes: tuple[int, int], *, restores: bool
) -> None:
    """Of people who are new, there, and deleted; few rows are written by Django, many as a set."""
    UserFactory.create_batch(100, customer=cast.contoso)
    UserFactory.create_batch(100, customer=cast.contoso, deleted=True)
    known = User.objects.filter(customer=cast.contoso, first_name__startswith="Ada")
    options = Options(existing=Existing(details=True, licenses=Licensing.ADD), restores=restores)
    counted = []
    for count in sizes:
        new = [f"new{at}@contoso.example" for at in range(count)]
        living = known.filter(deleted_at=None).values_list("user_name", flat=True)[:count]
        gone = known.exclude(deleted_at=None).values_list("user_name", flat=True)[:count]
        names = [*new, *living, *gone]
        rows = [[name, f"{name} A", office.product.name, "Teams"] for name in names]
        with CaptureQueriesContext(connection) as captured:
            upload = checked(cast, [PRODUCTS, *rows], options)
        assert UploadCounts.from_json(upload.counts).total == 3 * count
        counted.append(len(captured))
    assert counted[0] == counted[1]
