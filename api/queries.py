"""Users of a customer as a source sees them."""

from collections.abc import Collection

from django.db.models import Q

from accounts.models import User, UserQuerySet
from accounts.services.users.owning import Owned

from .models import ScimLink, Source


def users_of(source: Source) -> UserQuerySet:
    """Return the living users that the source keeps, and those that it may take over."""
    users = User.objects.active().filter(customer=source.customer_id)
    kept = Q(scim_link__source=source.pk)
    return users.filter(kept | Q(scim_link=None) if source.takes_over else kept)


def number_of(source: Source) -> int:
    """Return how many users_of has, without looking at each of them where it can."""
    if source.takes_over:
        return users_of(source).count()
    links = ScimLink.objects.filter(source=source)
    # The deleted are few, and found by an index of theirs.
    gone = links.filter(user__customer=source.customer_id, user__deleted_at__isnull=False)
    return links.count() - gone.count()


def version_of(user: User, link: ScimLink | None) -> str:
    """Return the ETag: of the moment of the user's last change, and of the link's number."""
    moment = int(user.updated_at.timestamp() * 1_000_000)
    return f'W/"{moment:x}.{link.version if link else 0}"'


def owned_by_sources(users: Collection[int]) -> dict[int, Owned]:
    """Return by user id what a source keeps (accounts.services.users.owning)."""
    rows = ScimLink.objects.filter(user__among=users)
    found = rows.values_list("user_id", "source__name", "source__user_id", "fields")
    return {
        pk: Owned(name, actor, frozenset(fields)) for pk, name, actor, fields in found if fields
    }
