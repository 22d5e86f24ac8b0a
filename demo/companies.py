"""Customers of the demo's partners: made up, each with its own size, place and languages."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .catalog import BUSINESS, ENTERPRISE, FRONTLINE, SHOWCASE, SMALL, Profile


@dataclass(frozen=True, slots=True)
class Office:
    name: str
    street: str
    city: str
    state: str
    postal_code: str


@dataclass(frozen=True)
class Company:
    """A customer to be; `languages` are keys of LANGUAGES, the first the most frequent by far."""

    name: str
    domains: tuple[str, ...]
    country: str
    calling_code: str
    size: int
    languages: tuple[str, ...]
    offices: tuple[Office, ...]
    profile: Profile = field(default=BUSINESS, repr=False)


def _company(
    line: str, size: int, languages: str, offices: Sequence[str], profile: Profile = BUSINESS
) -> Company:
    name, domains, country, code = line.split(" | ")
    return Company(
        name=name,
        domains=tuple(f"{domain}.example" for domain in domains.split()),
        country=country,
        calling_code=code,
        size=size,
        languages=tuple(languages.split()),
        offices=tuple(Office(*office.split(" | ")) for office in offices),
        profile=profile,
    )


CONTOSO = _company(
    "Contoso | contoso contoso-shop contoso-events | US | 1",
    140,
    "en es vi zh en de hi ar",
    [
        "Harbor House | Harbor Street | Seattle | WA | 98104",
        "Mill Yard | Foundry Lane | Portland | OR | 97209",
        "Remote | Maple Avenue | Boise | ID | 83702",
    ],
    SHOWCASE,
)

FABRIKAM = (
    CONTOSO,
    _company(
        "Meridian Health Group | meridian-health meridian-clinics meridian-care | GB | 44",
        3_000,
        "en en en pl hi ar fr zh",
        [
            "Royal Quay | Quay Street | Bristol | Avon | BS1 4AA",
            "Northgate | Station Road | Leeds | West Yorkshire | LS1 4DY",
            "Princes Wing | Princes Street | Edinburgh | Lothian | EH2 2AN",
        ],
        ENTERPRISE,
    ),
    _company(
        "Brisa Hotéis e Resorts | brisa-hoteis brisa-resorts | BR | 55",
        820,
        "pt pt es it",
        [
            "Sede | Avenida Atlântica | Rio de Janeiro | RJ | 22021-001",
            "Praia do Forte | Rua das Palmeiras | Salvador | BA | 40140-110",
        ],
        FRONTLINE,
    ),
    _company(
        "Alpenmilch Molkerei AG | alpenmilch | DE | 49",
        430,
        "de de de tr it pl",
        [
            "Verwaltung | Talstraße | Kempten | Bayern | 87435",
            "Werk 2 | Industriestraße | Rosenheim | Bayern | 83022",
        ],
        FRONTLINE,
    ),
    _company(
        "桜井精密工業 | sakurai-seimitsu | JP | 81",
        260,
        "ja ja ja ko en",
        ["本社 | 栄町 | 名古屋市 | 愛知県 | 460-0008", "工場 | 港町 | 浜松市 | 静岡県 | 430-0933"],
        ENTERPRISE,
    ),
    _company(
        "Ferreira & Vale Advogados | ferreira-vale | PT | 351",
        210,
        "pt pt fr",
        ["Lisboa | Rua Augusta | Lisboa | Lisboa | 1100-048"],
        ENTERPRISE,
    ),
    _company(
        "Sagar Textiles | sagar-textiles sagar-retail | IN | 91",
        180,
        "hi hi en",
        ["Head office | Relief Road | Ahmedabad | Gujarat | 380001"],
        FRONTLINE,
    ),
    _company(
        "Дніпро Логістика | dnipro-logistyka | UA | 380",
        120,
        "uk uk uk pl",
        ["Головний офіс | Набережна вулиця | Дніпро | Дніпропетровська область | 49000"],
    ),
    _company(
        "Lumière Cosmétiques | lumiere-cosmetiques lumiere-lab | FR | 33",
        95,
        "fr fr fr ar",
        ["Siège | rue des Tanneurs | Lyon | Auvergne-Rhône-Alpes | 69002"],
    ),
    _company(
        "Varga & Hill Engineering | varga-hill | CA | 1",
        84,
        "en fr en zh",
        ["Head office | Elgin Street | Ottawa | ON | K2P 1L4"],
        ENTERPRISE,
    ),
    _company(
        "Αιγαίο Ναυτιλιακή | aegean-shipping | GR | 30",
        72,
        "el el_m el_m en",
        ["Κεντρικά | Ακτή Μιαούλη | Πειραιάς | Αττική | 185 35"],
    ),
    _company(
        "شركة الأرز للتجارة | cedar-trading | LB | 961",
        60,
        "ar ar fr",
        ["المكتب الرئيسي | شارع الحمرا | بيروت | بيروت | 1103"],
    ),
    _company(
        "Norrsken Energi AB | norrsken-energi | SE | 46",
        48,
        "sv sv sv et",
        ["Kontoret | Storgatan | Luleå | Norrbotten | 972 32"],
    ),
    _company(
        "Windmolen Zuivel B.V. | windmolen-zuivel | NL | 31",
        40,
        "nl nl tr",
        ["Kantoor | Molenweg | Leeuwarden | Friesland | 8911 AD"],
    ),
    _company(
        "한빛 디자인 | hanbit-design | KR | 82",
        33,
        "ko ko en",
        ["본사 | 강남대로 | 서울 | 서울특별시 | 06236"],
    ),
    _company(
        "Zielona Dolina Sp. z o.o. | zielona-dolina | PL | 48",
        27,
        "pl pl uk",
        ["Biuro | ulica Długa | Wrocław | dolnośląskie | 50-001"],
    ),
    _company(
        "קמה מאפיות | kama-bakeries | IL | 972",
        22,
        "he he ar",
        ["משרד ראשי | רחוב הרצל | חיפה | חיפה | 3303100"],
    ),
    _company(
        "Baltic Timber OÜ | baltic-timber | EE | 372",
        18,
        "et et sv",
        ["Kontor | Pärnu maantee | Tallinn | Harjumaa | 10141"],
        SMALL,
    ),
    _company(
        "สยามสมุนไพร | siam-samunphrai | TH | 66",
        15,
        "th th zh",
        ["สำนักงานใหญ่ | ถนนนิมมาน | เชียงใหม่ | เชียงใหม่ | 50200"],
        SMALL,
    ),
    _company(
        "Ege Zeytin | ege-zeytin | TR | 90",
        12,
        "tr tr",
        ["Merkez | Cumhuriyet Caddesi | İzmir | İzmir | 35210"],
        SMALL,
    ),
    _company(
        "Bodega del Norte | bodega-del-norte | ES | 34",
        9,
        "es es",
        ["Oficina | Calle Mayor | Logroño | La Rioja | 26001"],
        SMALL,
    ),
    _company(
        "კახეთის ვენახი | kakheti-vineyard | GE | 995",
        6,
        "ka ka",
        ["ოფისი | რუსთაველის ქუჩა | თელავი | კახეთი | 2200"],
        SMALL,
    ),
    _company(
        "Studio Bellini | studio-bellini | IT | 39",
        4,
        "it it",
        ["Studio | Via Garibaldi | Torino | TO | 10122"],
        SMALL,
    ),
    _company(
        "Hải Âu Travel | hai-au-travel | VN | 84",
        3,
        "vi vi",
        ["Văn phòng | Đường Trần Phú | Đà Nẵng | Đà Nẵng | 550000"],
        SMALL,
    ),
)

LITWARE = (
    _company(
        "Proseware Publishing | proseware | IE | 353",
        30,
        "en en fr",
        ["Office | Dame Street | Dublin | Leinster | D02 X285"],
    ),
    _company(
        "Wingtip Toys | wingtiptoys | US | 1",
        14,
        "en es",
        ["Workshop | Spruce Street | Denver | CO | 80202"],
        SMALL,
    ),
    _company(
        "Tailspin Gliders | tailspingliders | AU | 61",
        6,
        "en vi",
        ["Hangar | Airfield Road | Bendigo | VIC | 3550"],
        SMALL,
    ),
)

_PLACES = ("Amber", "Birch", "Copper", "Delta", "Ember", "Falcon", "Granite", "Harvest")
_TRADES = ("Foods", "Systems", "Partners", "Logistics", "Studio", "Clinic", "Energy", "Travel")
SHOWCASE_SIZE = CONTOSO.size
SMALLEST = 3


def companies(count: int, users: int) -> list[Company]:
    """Return so many companies with so many users in all: few large ones and many small.

    The showcase keeps its size where that leaves at least as many for the others. These have shares
    in proportion to 1, 1/2, 1/3 …, none under the smallest; the first takes what rounding leaves.
    """
    first = SHOWCASE_SIZE if users >= 2 * SHOWCASE_SIZE and count > 1 else users // count
    sizes = [max(first, SMALLEST)]
    weights = [1 / number for number in range(1, count)]
    spare = users - sizes[0] - SMALLEST * len(weights)
    sizes += [SMALLEST + int(spare * weight / sum(weights)) for weight in weights]
    if weights:
        sizes[1] += users - sum(sizes)
    named = [*FABRIKAM[:count], *map(_further, range(len(FABRIKAM), count))]
    return [replace(company, size=size) for company, size in zip(named, sizes, strict=True)]


def _further(number: int) -> Company:
    """Return a company beyond those with names of their own, modeled on one of them."""
    model = FABRIKAM[number % len(FABRIKAM)]
    trade, place = number % len(_TRADES), (number // len(_TRADES)) % len(_PLACES)
    name = f"{_PLACES[place]} {_TRADES[trade]} {number}"
    profile = BUSINESS if model.profile is SHOWCASE else model.profile
    domain = f"{name.lower().replace(' ', '-')}.example"
    return replace(model, name=name, domains=(domain,), profile=profile)
