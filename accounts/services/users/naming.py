"""User names as they are written: legal, on a domain of the customer, and nobody else's."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from customers.errors import Refused
from customers.formats import TOLD
from customers.models import Customer, Domain
from customers.said import gettext as _
from customers.said import joined, ngettext

from ...models import User
from ...names import check_local_part


class NamesTaken(Refused):
    """The refusal of user names, lower case in `names`, that living users have."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        message = ngettext(
            "This user name is taken: %(names)s. Choose another one.",
            "These user names are taken: %(names)s. Choose others.",
            len(self.names),
        )
        shown = self.names[:TOLD] + (["…"] if len(self.names) > TOLD else [])
        super().__init__(
            message % {"names": ", ".join(shown)}, code="user-name-taken", field="user_name"
        )


def check_legal(local_parts: Iterable[str]) -> None:
    """Refuse, with what to do, unless each may stand before the @."""
    for local_part in local_parts:
        try:
            check_local_part(local_part)
        except ValidationError as error:
            raise Refused(
                joined(error.messages), code="user-name-wrong", field="user_name"
            ) from None


def check_domains(domains: Iterable[Domain], *, customer: Customer) -> None:
    """Refuse unless all are the customer's, now."""
    wanted = {domain.pk for domain in domains}
    if customer.domains.filter(pk__in=wanted).count() != len(wanted):
        raise Refused(domain_gone(), code="domain-gone", field="domain")


def domain_gone() -> str:
    """Return the sentence for a domain that was removed meanwhile."""
    return _("The domain has been removed. Choose another one.")


def check_free(users: Sequence[User]) -> None:
    """Raise NamesTaken for names that living users have, and for those wanted twice."""
    names = [user.username for user in users if user.username]
    ids = [user.pk for user in users if user.pk]
    _check_free(names, User.objects.exclude(pk__in=ids))


def check_names_free(names: Sequence[str]) -> None:
    """Raise as check_free, for the sign-in names of users to come."""
    _check_free(names, User.objects.all())


def _check_free(names: Sequence[str], users: QuerySet[User]) -> None:
    others = users.filter(username__among_texts=names)
    found = list(others.order_by("username").values_list("username", flat=True))
    found += [name for name, count in Counter(names).items() if count > 1]
    if found:
        raise NamesTaken([name for name in found if name])
