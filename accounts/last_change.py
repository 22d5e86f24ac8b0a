"""When a user was last changed: the row, the roles, the licenses. ETags and lists of changes ask.

What users are sorted and found by is no change where it alone is made anew (renew_names). The
moment of a license stands in the license's own row (licensing/0003 says why).
"""

from typing import Any

from django.db.models import F, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from licensing.models import LicenseAssignment

from .models import User


def with_last_change(users: QuerySet[User]) -> QuerySet[Any, Any]:
    """Annotate `last_change`; it can be filtered and ordered by, within one customer."""
    of_user = LicenseAssignment.objects.filter(user=OuterRef("pk")).order_by().values("user")
    licenses = Subquery(of_user.annotate(last=Max("updated_at")).values("last"))
    own = F("updated_at")
    return users.annotate(last_change=Greatest(own, Coalesce(licenses, own)))
