"""Countries as users write them."""

import pytest

from accounts.countries import country_meant, country_of

WRITTEN = {
    "GB": "UK, U.K., England, Great Britain, Scotland, GBR, Royaume-Uni",
    "US": "USA, U.S.A., United States, US, usa, United States of America, U.S, EE. UU.",
    "DE": "Deutschland, Germany, DEU, Deutschland (DE), 276, BRD, Allemagne, Alemania, Duitsland",
    "NL": "Holland, The Netherlands, Nederland, Niederlande, Pays-Bas",
    "CZ": "Czech Republic, Czechia, Česko, Tschechien, Tschechische Republik",
    "TR": "Turkey, Türkiye, Turkiye",
    "KR": "South Korea, Republic of Korea",
    "CI": "Ivory Coast, Côte d'Ivoire, Cote d’Ivoire",
    "XK": "Kosovo, XK",
    "MO": "Macau, Macao SAR",
    "HK": "Hong Kong SAR, Hong Kong, Hong Kong S.A.R.",
    "RU": "Russia, Россия",
    "VN": "Vietnam, Viet Nam",
    "BR": "Brasil",
    "ES": "España",
    "AT": "Österreich",
    "CH": "Schweiz, Suisse, Svizzera",
    "IT": "Italia",
    "PL": "Polska, Polen",
    "DK": "Danmark",
    "SE": "Sverige",
    "NO": "Norge",
    "FI": "Suomi",
    "AE": "UAE",
    "GR": "EL, Ελλάδα",
    "TW": "Taiwan",
    "PS": "Palestine",
    "BA": "Bosnia, Bosnia & Herzegovina",
    "TT": "Trinidad & Tobago",
    "LC": "St. Lucia, Saint Lucia",
    "SZ": "Eswatini, Swaziland",
    "MK": "North Macedonia, Macedonia",
    "MM": "Burma, Myanmar",
    "CG": "Congo",
    "CD": "DRC",
    "CV": "Cape Verde",
    "TL": "East Timor",
    "VA": "Vatican",
    "IR": "Iran",
    "SY": "Syria",
    "VE": "Venezuela",
    "BO": "Bolivia",
    "TZ": "Tanzania",
    "MD": "Moldova",
    "LA": "Laos",
    "BN": "Brunei",
    "RE": "Reunion",
    "AX": "Aland Islands, Åland",
    "CW": "Curacao",
    "JP": "日本",
    "HU": "Magyarország",
    "UA": "Україна",
    "IS": "Ísland, Iceland",
    "IE": "Éire, Irland",
    "NE": "Niger",
    "NG": "Nigeria",
}


@pytest.mark.parametrize("code", WRITTEN)
def test_a_country_is_known_however_it_is_written(code: str) -> None:
    assert {name: country_of(name) for name in WRITTEN[code].split(", ")} == dict.fromkeys(
        WRITTEN[code].split(", "), code
    )


def test_a_name_with_a_comma_is_turned_round() -> None:
    assert country_of("Korea, Republic of") == "KR"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germny", "DE"),
        ("Holand", "NL"),
        ("Deutschlnad", "DE"),
        ("Ivory Cost", "CI"),
        ("GER", "DE"),
        ("d", "DE"),
    ],
)
def test_a_typo_gets_a_proposal_and_no_country(text: str, code: str) -> None:
    assert (country_of(text), country_meant(text)) == ("", code)


@pytest.mark.parametrize("sign", ["GER", "d", "D."])
def test_the_sign_of_a_car_or_a_team_is_asked_about(sign: str) -> None:
    assert (country_of(sign), country_meant(sign)) == ("", "DE")


@pytest.mark.parametrize(
    "text", ["", "-", "?", "Atlantis", "Q", "12", "999", "()", "None", "(" * 5_000]
)
def test_what_is_no_country_is_none(text: str) -> None:
    assert (country_of(text), country_meant(text)) == ("", "")


def test_a_name_with_the_code_of_another_country_is_neither() -> None:
    assert country_of("Australia (AT)") == ""
