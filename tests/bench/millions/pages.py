"""The pages that are opened on either side, by what they show."""

from urllib.parse import urlencode

from accounts.models import User, UserQuerySet
from accounts.queries.user_pages import SORTS, ListQuery, in_order_of
from tests.bench.millions.filling import ALIKE
from tests.bench.population import PRODUCTS
from tests.bench.users import FILTERS

# Everyone's hundredth has this last name.
NAME = "okonkwo"


def pages_of_customer(customer: int) -> dict[str, str]:
    place = f"/customers/{customer}"
    return {
        **_lists(customer, f"{place}/users/"),
        **_searches(customer, f"{place}/users/"),
        "overview of the customer": f"{place}/",
        "a person": f"{place}/users/{_middle(User.objects.active().filter(customer=customer))}/",
        "activity": f"{place}/activity/",
        "subscriptions": f"{place}/subscriptions/",
        "uploads": f"{place}/uploads/",
        "passwords": f"{place}/passwords/",
        "account": f"{place}/account/",
    }


def _lists(customer: int, users: str) -> dict[str, str]:
    pages = {}
    for sort in SORTS:
        active = User.objects.active().filter(customer=customer)
        middle = _middle(in_order_of(active, ListQuery(sort=sort)))
        pages[f"by {sort}, first page"] = f"{users}?sort={sort}"
        pages[f"by {sort}, a page in the middle"] = f"{users}?sort={sort}&after={middle}"
        pages[f"by {sort}, last page"] = f"{users}?sort={sort}&last=1"
    deleted = User.objects.restorable().order_by("-deleted_at", "-pk").filter(customer=customer)
    pages["deleted, first page"] = f"{users}deleted/"
    pages["deleted, a page in the middle"] = f"{users}deleted/?after={_middle(deleted)}"
    pages["deleted, last page"] = f"{users}deleted/?last=1"
    return pages


def _searches(customer: int, users: str) -> dict[str, str]:
    domain = f"customer{customer}.example"
    found = User.objects.active().filter(customer=customer, search_text__contains=NAME)
    searches = {
        "one in a hundred": {"q": NAME},
        "one in a hundred, by added": {"q": NAME, "sort": "added"},
        "one in a hundred, last page": {"q": NAME, "last": "1"},
        "two words": {"q": found[0].display_name},
        "one user name": {"q": found[0].user_name},
        "nobody found": {"q": "nobody of this name"},
        "two characters, many found": {"q": "an"},
        "two characters, few found": {"q": "qu"},
        "two characters, nobody found": {"q": "qx"},
        "one character": {"q": "a"},
        "all found": {"q": domain},
        "all found, by added": {"q": domain, "sort": "-added"},
        "all found, last page": {"q": domain, "last": "1"},
    }
    pages = {f"search, {name}": f"{users}?{urlencode(q)}" for name, q in searches.items()}
    pages["search among the deleted"] = f"{users}deleted/?q={NAME}"
    pages["search among the deleted, two characters"] = f"{users}deleted/?q=qu"
    # The products' numbers are the first customer's.
    own = f"subscription={(customer - 1) * len(PRODUCTS) + 1}"
    ours = [query.replace("subscription=1", own) for query in FILTERS]
    return pages | {f"filter: {query}": f"{users}?{query}" for query in ours}


def _middle(users: UserQuerySet) -> int:
    return users.values_list("pk", flat=True)[users.count() // 2]


def pages_of_partner() -> dict[str, str]:
    return {
        "customers": "/customers/",
        "customers, by users": "/customers/?sort=users",
        "customers, by seats": "/customers/?sort=seats",
        "customers, search": "/customers/?q=customer1",
        "customers that need attention": "/customers/attention/",
        "report of licenses": "/customers/report/",
        "activity of all customers": "/customers/activity/",
        "batches": "/batches/",
        "team": "/team/",
        "activity of the team": "/team/activity/",
    }


def pages_of_support() -> dict[str, str]:
    user = User.objects.active().filter(customer=ALIKE)[0]
    return {
        "users": "/admin/accounts/user/",
        "users, search": f"/admin/accounts/user/?q={NAME}",
        "users, one user name": f"/admin/accounts/user/?q={user.user_name}",
        "a user": f"/admin/accounts/user/{user.pk}/change/",
        "licenses": "/admin/licensing/licenseassignment/",
        "activity": "/admin/customers/auditevent/",
        "batches": "/admin/customers/batch/",
        "customers": "/admin/customers/customer/",
        "partners": "/admin/customers/partner/",
    }
