"""Names sort as in the telephone book of the customer's country."""

from itertools import pairwise
from random import Random

import pytest

from accounts.sorting import LENGTH, sort_key

# Each line is in order; where two letters differ by an accent alone, the next ones decide.
ORDERS = {
    "SE": "Adam Yngve Yrsa Zlatan Åsa Ärla Öberg",
    "FI": "Aalto Virtanen Wirén Zidan Åkerman Äijö Öhman",
    "DK": "Abel Thor Þór Tove Zenia Ægir Östen Østergård Aabel Aagesen Ågård Århus",
    "NO": "Berg Dahl Ytre Ærø Ødegård Ås",
    "IS": "Adam Árni Bera Davíð Ðofri Einar Élín Fannar Ýmir Þór Ævar Örn",
    "DE": "Ahrens Ärger Arnd Müller Mulzer Oberst Öcal Ohm Straße Strasser Zander",
    "AT": "Gross Großer Ober Öller Ortner",
    "FR": "Côme Comte Côté Élise Eluard Évard Œuvrard Ogier",
    "CZ": "Cibulka Čech Dvořák Hus Chalupa Ivan Rada Řezáč Sova Šimek Zíka Žák",
    "SK": "Ábel Adam Ähm Bača Horák Chovan Ivan Ondrej Ôzd Pavol",
    "PL": "Lach Łach Majer Nowak Ócki Pilch Sowa Śliwa Zając Źrebak Żak",
    "HU": "Cukor Csaba Dudás Gál Gyula Orbán Ökrös Pál Sárközy Szabó Tóth Tyúk Zala Zsolt",
    "RO": "Adam Ăla Bogdan Ilie Îla Sava Șerban Toma Țuca",
    "HR": "Cvek Čavić Ćosić Dabo Džaja Đurić Esih Lovrić Ljubić Nikić Njegić Sabo Šarić Zec Žic",
    "SI": "Cerar Čuk Dolenc Zajc Žagar",
    "LT": "Cibas Čepas Yla Inga Jonas Šulcas Zala Žukas",
    "LV": "Cerps Čaks Kalns Ķirsis Lazda Lācis Ļaudis Siliņš Šmits Zars Žagars",
    "EE": "Saar Šults Zeiger Žukov Tamm Veski Õun Ärm Öpik Ülo",
    "TR": "Can Çan Gül Ğan Halil Irmak İnci Onur Ömer Sami Şahin Umut Ünal",
    "ES": "Nadal Núñez Ñíguez Ochoa",
    "AL": "Cana Çela Dani Dhima Elezi Ëngjëll Gjoka Lleshi Njazi Shehu Thaçi Zhupa",
    "VN": "An Ăn Ân Bình Dung Đặng Em",
    "MT": "Borg Ċini Dalli Farrugia Ġorġ Hili Ħal Izzo",
    "RU": "Ёлкина Ершов Жуков Иванов Йорданов Козлов Щукин Эйхе Adam",
    "UA": "Гнат Ґава Дорош Зуй Иван Ільїн Їжак Йосип Adam",
    "BG": "Ангелов Жеков Щерев Ъглев Юнаков",
    "MK": "Драган Ѓорѓи Ёмин Ѕвонко Јован Љубен Њагул Ќосе Уна",
    "GR": "Άννα Βασίλης Έλενα Ηλίας Ξένια Ψαρρός Ώρα Adam",
    "IL": "אבי בני גיל משה שרה Adam",
    "SA": "أحمد بدر تركي خالد سعد علي فهد كريم محمد يوسف Adam",
    "IR": "احمد پرویز جواد چنگیز ژاله کیان گلی مریم نادر واحد هادی یاسر",
    "PK": "احمد نادر واحد ہادی یاسر",
    "JP": "Adam いとう ガトウ さとう すずき タナカ ワタナベ",
    "CN": "陈 高 郭 何 胡 李 林 刘 王 吴 徐 张 赵 周 朱 Adam",
    "KR": "강 김 박 이 정 최 Adam",
    "GE": "ანა გიორგი ნინო Adam",
    "TH": "กมล แก้ว ขวัญ สมชาย Adam",
    "US": "De_Vries Devos O’Hara O'Neil Oakley Ocean",
}


@pytest.mark.parametrize("country", ORDERS)
def test_names_stand_where_the_country_looks_for_them(country: str) -> None:
    names = [name.replace("_", " ") for name in ORDERS[country].split()]
    shuffled = Random(3).sample(names, len(names))
    assert sorted(shuffled, key=lambda name: sort_key(name, country)) == names


def test_the_same_two_names_stand_otherwise_in_another_country() -> None:
    for country, first in {"SE": "Zeta", "DK": "Zeta", "DE": "Åberg", "": "Åberg"}.items():
        assert min("Zeta", "Åberg", key=lambda name: sort_key(name, country)) == first


@pytest.mark.parametrize(
    "alike",
    [
        ("Ada LIND", "ada  lind", " Ada Lind "),
        ("Zoë", "Zoe\N{COMBINING DIAERESIS}"),
        ("Ａｄａ", "Ada"),
        ("O'Neil", "O’Neil", "Oʼneil"),
        ("Anne-Marie", "Anne‐Marie", "Anne–Marie"),
        ("Strauß", "Strauss"),
    ],
)
def test_what_is_the_same_name_has_the_same_place(alike: tuple[str, ...]) -> None:
    assert len({sort_key(name, "DE") for name in alike}) == 1


def test_accents_count_where_all_letters_are_alike() -> None:
    names = ["Muller", "Muller Anna", "Muller Zoe"]
    accented = ["Müller", "Müller Anna", "Müller Zoe"]
    keys = [sort_key(name, "DE") for pair in zip(names, accented, strict=True) for name in pair]
    assert all(one < other for one, other in pairwise(keys))


def test_a_shorter_name_comes_before_one_that_goes_on() -> None:
    names = ["Ann", "Ann B", "Ann-B", "Ann 7", "Anna", "Annä"]
    assert sorted(names, key=lambda name: sort_key(name, "DE")) == [
        *("Ann", "Ann 7", "Ann B", "Ann-B", "Anna", "Annä")
    ]


@pytest.mark.parametrize("name", ["Ada", "Łukasz Müller", "山田 太郎", "김", "\ud7ff👍🏽·"])
@pytest.mark.parametrize("country", ["", "DE", "JP", "TW", "ZZ"])
def test_a_key_is_of_digits_alone_whatever_the_database_sorts_by(name: str, country: str) -> None:
    key = sort_key(name, country)
    assert key.isascii()
    assert key.isdigit()


def test_the_longest_name_fits() -> None:
    assert len(sort_key("👍" * 256, "DE")) == LENGTH
    assert sort_key("", "DE") == ""
