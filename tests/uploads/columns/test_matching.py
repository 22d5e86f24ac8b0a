"""What the columns of a file stand for: by headings, by values, and by what was chosen."""

import pytest

from uploads.columns.matching import Known, is_missing, match

DOMAINS = {"contoso.example", "contoso-shop.example"}
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
    assert not is_missing(matched.names())


def test_an_email_beside_the_user_name_is_another_column_and_named() -> None:
    matched = match(["Mail", "User principal name", "Shoe size", " "])
    assert matched.columns == {1: "user_name"}
    assert matched.unknown == ("Mail", "Shoe size")


def test_values_propose_columns_that_no_heading_names() -> None:
    samples = [
        ["Ada", "Lovelace", "Ada Lovelace", "ada.lovelace@contoso.example", "x"],
        ["Bea", "Berg", "Bea Berg", "bea.berg@contoso.example", ""],
    ]
    matched = match(["A", "B", "C", "D", "E"], Known(samples=samples, domains=DOMAINS))
    assert matched.names() == ["first_name", "last_name", "display_name", "user_name", ""]
    assert (matched.proposed, matched.is_enough) == ({0, 1, 2, 3}, False)


def test_an_only_column_of_user_names_is_enough() -> None:
    samples = [["ada@contoso.example"], ["bea@contoso.example"], ["a typo"]]
    matched = match(["Konto"], Known(samples=samples, domains=DOMAINS))
    assert (matched.names(), matched.is_enough) == (["user_name"], True)


def test_a_column_that_was_left_out_before_is_not_proposed() -> None:
    known = Known({"Konto": ""}, [["ada@contoso.example"]], DOMAINS)
    assert match(["Konto"], known).names() == [""]


def test_what_the_customer_chose_before_goes_first() -> None:
    remembered = {"KENNUNG ": "user_name", "Email": "alternate_email", "City": ""}
    matched = match(["Kennung", "Email", "City"], Known(remembered))
    assert matched.columns == {0: "user_name", 1: "alternate_email"}
    assert matched.unknown == ("City",)


def test_a_choice_for_a_heading_without_a_letter_is_for_no_other() -> None:
    assert match(["*", "", "Email"], Known({"#": "fax"})).columns == {2: "user_name"}


def test_several_columns_may_stand_for_one_field() -> None:
    matched = match(["Email", "Tel", "Work phone"])
    assert matched.columns == {0: "user_name", 1: "office_phone", 2: "office_phone"}


def test_values_decide_which_column_has_the_user_names() -> None:
    rows = [["aberg", "anna@contoso.example"], ["bberg", "ben@Contoso-Shop.example"]]
    matched = match(["Username", "Email"], Known(samples=rows, domains=DOMAINS))
    assert matched.columns == {1: "user_name"}
    assert matched.decided == ("Email", "Username")


def test_values_of_other_domains_decide_nothing() -> None:
    rows = [["aberg", "anna@elsewhere.example"], ["bberg", "@contoso.example"], ["c"]]
    matched = match(["Username", "Email"], Known(samples=rows, domains=DOMAINS))
    assert (matched.columns, matched.decided) == ({0: "user_name"}, ())


def test_a_mistake_in_a_few_user_names_does_not_make_another_column_the_user_name() -> None:
    rows = [["a@contoso.example", "a@contoso.example"], ["b", "b@contoso.example"]]
    matched = match(["UPN", "Email"], Known(samples=rows, domains=DOMAINS))
    assert (matched.columns, matched.decided) == ({0: "user_name"}, ())


def test_of_two_addresses_the_one_of_the_customers_domains_is_the_user_name() -> None:
    rows = [["a@home.example", "a@contoso.example"]]
    assert match(["Mail", "Email"], Known(samples=rows, domains=DOMAINS)).columns == {
        1: "user_name"
    }


def test_a_name_and_a_domain_are_joined() -> None:
    matched = match(["mailNickname", "Domain", "City"])
    assert matched.columns == {0: "local_part", 1: "domain", 2: "city"}
    assert not is_missing(matched.names())


def test_a_short_user_name_beside_a_domain_is_the_part_before_the_at() -> None:
    headings = ["Username", "Domain"]
    short = Known(samples=[["anna", "contoso.example"]], domains=DOMAINS)
    whole = Known(samples=[["anna@contoso.example", "contoso.example"]], domains=DOMAINS)
    assert match(headings, short).names() == ["local_part", "domain"]
    assert match(headings, whole).names() == ["user_name", ""]
    assert match(["Domain", "City"]).names() == ["", "city"]


def test_a_user_name_that_was_chosen_leaves_no_other_candidate() -> None:
    known = Known({"Konto": "user_name"}, [["a", "b@contoso.example", "c", "d"]], DOMAINS)
    matched = match(["Konto", "Email", "mailNickname", "Domain"], known)
    assert matched.names() == ["user_name", "", "", ""]
    joined = match(["Kurz", "Email", "Domain"], Known({"Kurz": "local_part"}))
    assert joined.names() == ["local_part", "", "domain"]


def test_passwords_are_known_and_never_chosen_otherwise() -> None:
    matched = match(["Email", "Kennwort"], Known({"kennwort": "fax"}))
    assert matched.names() == ["user_name", "password"]
    assert (matched.secret, matched.unknown) == (("Kennwort",), ())
    chosen = match(["Email", "Kennwort", "Geheim", "x"]).chosen(["fax", "city", "password", ""])
    assert chosen.names() == ["fax", "password", "password", ""]
    assert chosen.secret == ("Kennwort", "Geheim")


def test_without_a_user_name_a_column_is_missing() -> None:
    assert is_missing(match(["First name", "Domain"]).names())


def test_what_an_export_has_of_no_use_is_not_called_unknown() -> None:
    headings = ["givenName", "surName", "displayName", "mailNickName", "domain", "Shoe size"]
    matched = match(headings)
    assert (matched.export, matched.unknown) == ("CIPP", ("Shoe size",))
