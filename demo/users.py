"""Users of a company, made up: name, user name, place and work."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import TypeVar

from accounts.models import User
from accounts.names import LOCAL_PART_LENGTH
from customers.models import Customer, Domain

from .companies import Company
from .names import LANGUAGES

WORK = (
    ("Sales", ("Account Manager", "Sales Representative", "Sales Director")),
    ("Marketing", ("Campaign Manager", "Designer", "Editor")),
    ("Finance", ("Accountant", "Controller", "Payroll Specialist")),
    ("Human Resources", ("Recruiter", "People Partner")),
    ("Operations", ("Shift Lead", "Planner", "Dispatcher", "Operator")),
    ("Customer Care", ("Support Agent", "Team Lead")),
    ("IT", ("Systems Administrator", "Service Desk Analyst", "Developer")),
    ("Legal", ("Counsel", "Paralegal")),
    ("Research", ("Scientist", "Lab Technician")),
    ("Management", ("Managing Director", "Office Manager")),
)
UNUSABLE = "!no-sign-in-in-the-demo"

Choice = TypeVar("Choice")


class UserMaker:
    """The maker of users of one customer; names in use get a number, as everywhere."""

    def __init__(
        self, company: Company, customer: Customer, domains: list[Domain], random: Random
    ) -> None:
        self.company = company
        self.customer = customer
        self.domains = domains
        self.random = random
        self._used: Counter[str] = Counter()

    def reserve(self, local_part: str) -> None:
        self._used[local_part] += 1

    def make(self, added: datetime) -> User:
        random, company = self.random, self.company
        language = LANGUAGES[self._mostly_first(company.languages, 0.35)]
        given, family = language.draw(random)
        domain = self._mostly_first(self.domains, 0.2)
        local = self._local_part(given.latin, family.latin)
        office = random.choice(company.offices)
        department, titles = random.choice(WORK)
        user = User(
            customer=self.customer,
            domain=domain,
            user_name=f"{local}@{domain.name}",
            first_name=given.native,
            last_name=family.native,
            display_name=language.display(given, family),
            password=UNUSABLE,
            added_at=added,
            usage_location=company.country,
            department=department,
            job_title=random.choice(titles),
            office=office.name,
            street=f"{office.street} {random.randint(1, 180)}",
            city=office.city,
            state=office.state,
            postal_code=office.postal_code,
            country=company.country,
            office_phone=self._phone(),
            mobile_phone=self._phone() if random.random() < 0.4 else "",
        )
        user.fill_derived()
        if random.random() < 0.7:
            user.alternate_email = f"{local.lower()}@mail.example"
        return user

    def _mostly_first(self, choices: Sequence[Choice], others_share: float) -> Choice:
        first, *others = choices
        chosen = others and self.random.random() < others_share
        return self.random.choice(others) if chosen else first

    def _local_part(self, given: str, family: str) -> str:
        name = f"{given}.{family}" if given and family else given or family
        name = name[: LOCAL_PART_LENGTH - 8].lower()
        self._used[name] += 1
        number = self._used[name]
        local = name if number == 1 else f"{name}{number}"
        return local.title() if self.random.random() < 0.05 else local

    def _phone(self) -> str:
        """Return a number of the block that is kept free for made-up ones."""
        area = self.random.randint(201, 989)
        return f"+{self.company.calling_code} {area} 555 01{self.random.randint(0, 99):02}"
