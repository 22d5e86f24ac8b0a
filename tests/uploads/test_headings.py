"""Which column a heading stands for, in whatever way it is written."""

from collections import Counter

import pytest

from accounts.columns import COLUMNS
from uploads.errors import FileRefused
from uploads.headings import bare, column_of, match, missing, require, template_csv

PARTNER_CENTER = "First name, Last name, Display name, Email, Status update"
MICROSOFT_365 = (
    "User Name, First Name, Last Name, Display Name, Job Title, Department, Office Number,"
    " Office Phone, Mobile Phone, Fax, Alternate email address, Address, City,"
    " State or Province, ZIP or Postal Code, Country or Region"
)
GERMAN_365 = (
    "Benutzername, Vorname, Nachname, Anzeigename, Position, Abteilung, Büronummer,"
    " Telefon (geschäftlich), Mobiltelefon, Fax, Alternative E-Mail-Adresse, Adresse, Ort,"
    " Bundesland/Kanton, PLZ, Land oder Region"
)
ENTRA_BULK = (
    "Name [displayName] Required, User name [userPrincipalName] Required,"
    " First name [givenName], Last name [surname], Job title [jobTitle],"
    " Department [department], Usage location [usageLocation], Street address [streetAddress],"
    " State or province [state], Country or region [country], Office"
    " [physicalDeliveryOfficeName], City [city], ZIP or postal code [postalCode], Office phone"
    " [telephoneNumber], Mobile phone [mobile]"
)
ENTRA_EXPORT = (
    "userPrincipalName, displayName, surname, givenName, jobTitle, department, usageLocation,"
    " streetAddress, state, country, physicalDeliveryOfficeName, city, postalCode,"
    " telephoneNumber, mobile, alternateEmailAddress"
)
GOOGLE = (
    "First Name [Required], Last Name [Required], Email Address [Required], Recovery Email,"
    " Work Phone, Mobile Phone, Work Address, Employee Title, Department"
)
OKTA = (
    "login, firstName, lastName, displayName, title, secondEmail, mobilePhone, primaryPhone,"
    " streetAddress, city, state, zipCode, countryCode, department"
)


@pytest.mark.parametrize(
    "headings",
    [PARTNER_CENTER, MICROSOFT_365, GERMAN_365, ENTRA_BULK, ENTRA_EXPORT, GOOGLE, OKTA],
)
def test_every_heading_of_the_usual_files_is_known(headings: str) -> None:
    matched = match(headings.split(", "))
    assert matched.unknown == ()
    assert missing(matched) == ()


def test_each_alias_is_of_one_column_alone() -> None:
    forms = Counter(
        form
        for column in COLUMNS.values()
        for form in {*map(bare, (column.heading, *column.aliases, *column.weak))}
    )
    assert [form for form, times in forms.items() if times > 1 or not form] == []


@pytest.mark.parametrize(
    "heading",
    [
        "USER NAME",
        " user  name ",
        "\xa0User Name\xa0",
        "\ufeffUser Name",
        '"User Name"',
        "UserName",
    ],
)
def test_case_spaces_quotes_and_marks_make_no_difference(heading: str) -> None:
    assert column_of(heading) == "user_name"


@pytest.mark.parametrize(
    "heading", ["", "  ", "Name", "User", "Nom", "Email (private)", "Home phone", "x" * 100_000]
)
def test_what_may_mean_something_else_is_not_known(heading: str) -> None:
    assert column_of(heading) == ""


def test_an_email_beside_the_user_name_is_another_column_and_named() -> None:
    matched = match(["Mail", "User principal name", "Shoe size", " "])
    assert matched.columns == {1: "user_name"}
    assert matched.unknown == ("Mail", "Shoe size")


def test_a_doubled_column_is_refused_with_both_headings() -> None:
    with pytest.raises(FileRefused, match="“Vorname” and “First name”, both stand for First Name"):
        match(["Email", "Vorname", "First name"])
    with pytest.raises(FileRefused, match="“Email” and “Mail”"):
        match(["Email", "Mail"])


def test_what_the_customer_chose_before_goes_first() -> None:
    remembered = {"KENNUNG ": "user_name", "Email": "alternate_email", "City": ""}
    matched = match(["Kennung", "Email", "City"], remembered)
    assert matched.columns == {0: "user_name", 1: "alternate_email"}
    assert matched.unknown == ("City",)


def test_a_choice_for_a_heading_without_a_letter_is_for_no_other() -> None:
    assert match(["*", "", "Email"], {"#": "fax"}).columns == {2: "user_name"}


def test_a_missing_user_name_is_said_with_the_headings_that_are_there() -> None:
    matched = match(["First name", "Kürzel"])
    assert missing(matched) == ("user_name",)
    with pytest.raises(FileRefused, match=r"User Name is missing.*“First name”, “Kürzel”"):
        require(matched)
    require(match(["Email"]))


def test_many_headings_are_not_all_listed() -> None:
    with pytest.raises(FileRefused, match="“h19” and 5 more"):
        require(match([f"h{number}" for number in range(25)]))


def test_the_template_opens_in_excel_and_has_all_that_is_read() -> None:
    template = template_csv()
    assert template.startswith(b"\xef\xbb\xbf")
    matched = match(template.decode("utf-8-sig").strip().split(","))
    assert set(matched.columns.values()) == COLUMNS.keys() - {"status_update"}
