"""Names in the letters a to z, as the passports and mail addresses of a country spell them."""

import pytest

from accounts.names import check_local_part, legal_local_part, suggest_local_part
from accounts.romanizing import romanized, spelled, spelled_table


@pytest.mark.parametrize(
    "country, name, latin",
    [
        ("DE", "Jürgen Groß", "juergengross"),
        ("AT", "Österle", "oesterle"),
        ("CH", "Bänziger", "baenziger"),
        ("DK", "Søren Åkjær", "soerenaakjaer"),
        ("NO", "Øystein Bjørk", "oeysteinbjoerk"),
        ("SE", "Åsa Öberg", "asaoberg"),
        ("FI", "Väinö", "vaino"),
        ("IS", "Þórður Guðmundsson", "thordurgudmundsson"),
        ("PL", "Łukasz Żółć", "lukaszzolc"),
        ("TR", "Işık İnce", "isikince"),
        ("VN", "Đặng", "dang"),
        ("MT", "Ħal-Għaxaq", "hal-ghaxaq"),
        ("RU", "Юлия Щербакова", "iuliiashcherbakova"),
        ("UA", "Юлія Згурська", "yuliiazghurska"),
        ("UA", "Єва-Юлія", "yeva-yuliia"),
        ("BG", "Щилян Йорданов", "shtilyanyordanov"),
        ("RS", "Ђорђе Живковић", "djordjezivkovic"),
        ("RS", "Đorđe", "djordje"),
        ("HR", "Đorđe", "dorde"),
        ("MK", "Ѓорѓи Џамбазов", "gjorgjidjambazov"),
        ("GR", "Ευθύμιος Παπαδόπουλος", "efthymiospapadopoulos"),
        ("GR", "Σταύρος Μπακογιάννης", "stavrosbakogiannis"),
        ("GR", "Άγγελος", "angelos"),
        ("GR", "Λάμπρος", "lampros"),
        ("GE", "მაისურაძე", "maisuradze"),
        ("JP", "山田", ""),
        ("", "Søren Müller", "sorenmuller"),
        ("de", "Zu\N{COMBINING DIAERESIS}rcher", "zuercher"),
    ],
)
def test_a_name_is_spelled_as_its_country_does(country: str, name: str, latin: str) -> None:
    assert romanized(name, country) == latin
    assert romanized(name.upper(), country) == latin


def test_what_has_no_spelling_stays_for_others_to_judge() -> None:
    assert spelled("A_Ü+山", "DE") == "a_ue+山"


def test_the_page_is_told_the_same_letters() -> None:
    german = dict(pair.split("=") for pair in spelled_table("DE").split(" "))
    assert (german["ü"], german["ł"], german["щ"]) == ("ue", "l", "shch")
    assert "ü" not in spelled_table("FR")
    assert "^ю=yu" in spelled_table("UA").split(" ")


@pytest.mark.parametrize(
    "text, local_part",
    [
        ("Jürgen.Groß", "juergen.gross"),
        ("jürgen  groß_1", "juergen.gross_1"),
        ("Pat.O’Brien", "pat.obrien"),
        ("..ü..", "ue"),
        ("山", "山"),
    ],
)
def test_what_nearly_is_a_local_part_becomes_one(text: str, local_part: str) -> None:
    assert legal_local_part(text, "DE") == local_part


def test_a_proposal_is_spelled_by_the_country() -> None:
    assert suggest_local_part("Jürgen", "Groß-", "DE") == "juergen.gross"
    assert suggest_local_part("Jürgen", "Groß", "FR") == "jurgen.gross"
    check_local_part(suggest_local_part("-Ъ-", "Ü", "DE"))
