"""User names under which deleted users can come back."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.core.exceptions import ValidationError

from customers.models import Domain
from customers.said import gettext as _
from customers.said import joined

from ...models import User
from ...names import check_local_part, numbered
from .records import Return

# So many numbers are tried for all at once; only for a long row of users of one name it asks again.
_FEW = range(1, 10)


def name_returns(
    users: Iterable[User], domains: Mapping[str, Domain], names: Mapping[int, str]
) -> list[Return]:
    """Return how each comes back by name, in the order of `users`, with a proposal where it can't.

    Of two who would have one name it is the later one's problem. Users who are to get another name
    come after all who keep theirs.
    """
    returns = [Return(user, names.get(user.pk) or user.user_name, user.user_name) for user in users]
    taken = _taken(item.user_name.lower() for item in returns)
    used: set[str] = set()
    for item in sorted(returns, key=lambda item: item.user.pk in names):
        item.domain = domains.get(item.user_name.rpartition("@")[2].lower())
        item.name_problem = _why_not(item.user_name, domains, taken, used)
        used.add(item.user_name.lower())
    _propose([item for item in returns if item.name_problem], domains, used | taken)
    return returns


def name_problems(names: Mapping[int, str], domains: Mapping[str, Domain]) -> dict[int, str]:
    """Return by user id why users can't have these user names again, as name_returns has it."""
    taken = _taken(name.lower() for name in names.values())
    used: set[str] = set()
    problems: dict[int, str] = {}
    for pk, name in names.items():
        if problem := _why_not(name, domains, taken, used):
            problems[pk] = problem
        used.add(name.lower())
    return problems


def _taken(names: Iterable[str]) -> set[str]:
    found = User.objects.filter(username__among_texts=list(names))
    return {name for name in found.values_list("username", flat=True) if name}


def _why_not(
    user_name: str,
    domains: Mapping[str, Domain],
    taken: Collection[str],
    used: Collection[str],
) -> str:
    local, _at, domain = user_name.rpartition("@")
    if domain.lower() not in domains:
        return strange_domain(domain)
    try:
        check_local_part(local)
    except ValidationError as error:
        return joined(error.messages)
    name = {"name": user_name}
    if user_name.lower() in taken:
        return taken_by_another(user_name)
    if user_name.lower() in used:
        return _("Two of these users would have the user name %(name)s.") % name
    return ""


def _propose(blocked: Sequence[Return], domains: Mapping[str, Domain], used: set[str]) -> None:
    """Set for each a free name, with the first number that nobody has.

    It is made of the local part as far as that may be one, and of a domain that the customer has.
    """
    if not blocked:
        return
    primary = next(domain.name for domain in domains.values() if domain.is_primary)
    wanted = []
    for item in blocked:
        local = item.user_name.rpartition("@")[0]
        try:
            check_local_part(local)
        except ValidationError:
            local = item.old_name.rpartition("@")[0]
        wanted.append((local, item.domain.name if item.domain else primary))
    taken = used | _taken(numbered(*parts, number).lower() for parts in wanted for number in _FEW)
    for item, parts in zip(blocked, wanted, strict=True):
        names = [numbered(*parts, number) for number in _FEW]
        free = [name for name in names if name.lower() not in taken]
        item.proposal = free[0] if free else free_name(*parts, taken)
        taken.add(item.proposal.lower())


def free_name(local: str, domain: str, used: Collection[str]) -> str:
    """Return the first of local, local2, local3 … that no living user has and that is not in
    `used`.
    """
    start = 1
    while True:
        names = [numbered(local, domain, number) for number in range(start, start + 50)]
        taken = _taken(name.lower() for name in names)
        for name in names:
            if name.lower() not in taken and name.lower() not in used:
                return name
        start += 50


def strange_domain(domain: str) -> str:
    """Return the sentence for a domain that the customer has not got."""
    return _("The domain %(domain)s does not belong to this customer.") % {"domain": domain}


def taken_by_another(user_name: str) -> str:
    """Return the sentence for a user name that another user has."""
    return _("Another user has the user name %(name)s.") % {"name": user_name}


def name_taken(local_part: str, domain: str) -> str:
    """Return the sentence for a user name that is taken, with one like it that is free."""
    free = free_name(local_part, domain, set()).rpartition("@")[0]
    return _("%(taken)s is already taken. Try %(free)s.") % {
        "taken": f"{local_part}@{domain}",
        "free": free,
    }
