"""What a source keeps of a user, on the user's page; and releasing the user from it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.views.user import UserPageMixin
from accounts.views.user_cards import Card
from customers.errors import Refused
from customers.log.history import field_label
from customers.roles import Capability

from ..models import ScimLink
from ..scim.fields import KEPT
from ..services.sources import may_manage, release_users


def source_card(user: User, seen_by: User) -> Card | None:
    """Return the card of the source that keeps the user; None where none does."""
    link = ScimLink.objects.select_related("source").filter(user=user.pk).first()
    if link is None:
        return None
    context = {
        "source": link.source,
        "fields": [field_label(name) for name in KEPT if name in link.fields],
        "may_release": seen_by.can(Capability.MANAGE_USERS, user),
        "may_open": may_manage(seen_by),
    }
    return Card("api/user_source.html", context)


class UserReleaseView(UserPageMixin):
    """Release a user from the source, asked once more."""

    capability = Capability.MANAGE_USERS
    template_name = "accounts/user_confirm.html"
    link: ScimLink

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        related = ScimLink.objects.select_related("source__customer")
        found = related.filter(user=self.user.pk, user__deleted_at=None).first()
        if found is None:
            raise Http404
        self.link = found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        source = {"source": self.link.source.name}
        return super().get_context_data(**kwargs) | {
            "action": _("Release from %(source)s") % source,
            "tone": "primary",
            "points": [
                _("All fields of this user can be changed here again.") % source,
                _("%(source)s can no longer change, block or delete this user.") % source,
                _("If %(source)s may take over existing users, it takes this one over again the"
                  " next time it sends the user name.") % source,
            ],
        }  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            release_users([self.user], source=self.link.source, actor=self.request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            told = {"name": self.user.display_name, "source": self.link.source.name}
            messages.success(request, _("%(name)s is released from %(source)s.") % told)
        return self.to_user()
