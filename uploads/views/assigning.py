"""What is asked of existing users: whether they get the subscriptions chosen for all rows, too."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from licensing.models import LicenseAssignment

from ..models import RowOutcome, Upload
from ..services import Assigning, Options
from ..services.entries import SUBSCRIPTIONS


@dataclass(frozen=True, slots=True)
class ToAssign:
    """Existing users of the file who lack a chosen subscription, and what was answered for them."""

    answer: Assigning
    products: Sequence[str]
    users: int


def to_assign(upload: Upload) -> ToAssign | None:
    """Return what there is to ask; None where nothing was chosen or rows name their licenses.

    Two queries, however many rows.
    """
    options = Options.from_json(upload.options)
    if not options.licenses or SUBSCRIPTIONS in upload.reading.columns:
        return None
    lacking = Q()
    for pk in options.licenses:
        live = LicenseAssignment.objects.live().filter(user=OuterRef("user"), subscription=pk)
        lacking |= Q(~Exists(live))
    present = upload.rows.filter(outcome__in=(RowOutcome.LEAVE, RowOutcome.CHANGE))
    users = present.filter(lacking).count()
    if not users and options.assigning == Assigning.UNDECIDED:
        return None
    chosen = upload.customer.subscriptions.current().filter(pk__in=options.licenses).for_list()
    return ToAssign(options.assigning, [row.product.name for row in chosen], users)
