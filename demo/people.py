"""Making up one person of a company: name, user name, place and work."""

from collections import Counter
from datetime import datetime
from random import Random

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


class PeopleMaker:
    """Makes up people of one customer; names in use get a number, as everywhere."""

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
        random = self.random
        language = LANGUAGES[self._language()]
        given, family = language.draw(random)
        domain = self._domain()
        local = self._local_part(given.latin, family.latin)
        user = User(
            customer=self.customer,
            domain=domain,
            user_name=f"{local}@{domain.name}",
            first_name=given.native,
            last_name=family.native,
            display_name=language.display(given, family),
            password=UNUSABLE,
            added_at=added,
            usage_location=self.company.country,
        )
        self._place(user)
        user.fill_derived()
        if random.random() < 0.7:
            user.alternate_email = f"{local.lower()}@mail.example"
        return user

    def _language(self) -> str:
        main, *others = self.company.languages
        return self.random.choice(others) if others and self.random.random() < 0.35 else main

    def _domain(self) -> Domain:
        first, *others = self.domains
        return self.random.choice(others) if others and self.random.random() < 0.2 else first

    def _local_part(self, given: str, family: str) -> str:
        name = f"{given}.{family}" if given and family else given or family
        name = name[: LOCAL_PART_LENGTH - 8].lower()
        self._used[name] += 1
        number = self._used[name]
        local = name if number == 1 else f"{name}{number}"
        return local.title() if self.random.random() < 0.05 else local

    def _place(self, user: User) -> None:
        random = self.random
        office = random.choice(self.company.offices)
        user.department, titles = random.choice(WORK)
        user.job_title = random.choice(titles)
        user.office = office.name
        user.street = f"{office.street} {random.randint(1, 180)}"
        user.city, user.state, user.postal_code = office.city, office.state, office.postal_code
        user.country = self.company.country
        user.office_phone = self._phone()
        if random.random() < 0.4:
            user.mobile_phone = self._phone()

    def _phone(self) -> str:
        """In the block that is kept free for made-up numbers."""
        area = self.random.randint(201, 989)
        return f"+{self.company.calling_code} {area} 555 01{self.random.randint(0, 99):02}"
