"""One user's details, changed by one of several users who may look at them at a time."""

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from customers.errors import Refused
from customers.forms.fields import say_at_field
from customers.models import Customer
from customers.said import gettext as _
from customers.services.seen import text_of_several
from licensing.errors import RulesBroken

from ..models import User
from ..services.users import NamesTaken
from ..services.users.owning import owned_of
from .details import MODEL_FIELDS, SIGNS_IN_WITH_IT, DetailsForm, PermissionsMixin
from .edit_conflicts import SeenMixin

# The fields of the form that show one value of the user.
_SHOWN = {"user_name": ("user_name", "domain"), "roles": ("permission", "limited_roles")}


class UserForm(SeenMixin, PermissionsMixin, DetailsForm):
    """The form of a user's page; `is_self`: another administrator changes one's own permissions."""

    seen_fields = (*MODEL_FIELDS, "user_name", "roles")
    shown = _SHOWN

    def __init__(
        self, data: QueryDict | None = None, *, customer: Customer, user: User, actor: User
    ) -> None:
        initial = {**self.initial_of(user), **self.initial_permissions(user)}
        initial |= self.initial_seen(user)
        super().__init__(data, customer=customer, initial=initial)
        self.user = user
        self.is_self = actor.pk == user.pk
        self.fields["user_name"].help_text = SIGNS_IN_WITH_IT
        self.limit_permissions(actor)
        if self.is_self:
            for name in _SHOWN["roles"]:
                del self.fields[name]
        self.kept_by = ""
        self._leave_to_others()

    def _leave_to_others(self) -> None:
        """Show what is kept elsewhere, to be read alone."""
        owned = owned_of([self.user.pk]).get(self.user.pk)
        if owned is None:
            return
        self.kept_by = owned.by
        for name in owned.fields:
            for shown in _SHOWN.get(name, (name,)):
                if shown in self.fields:
                    self.fields[shown].disabled = True
                    self.fields[shown].required = False
                    self.fields[shown].help_text = _("Kept by %(source)s.") % {"source": owned.by}

    @property
    def opens_more(self) -> bool:
        """Return whether the folded details are open, which they are when one has an error."""
        return any(name in self.errors for name in MODEL_FIELDS[4:])

    def values(self) -> dict[str, Any]:
        """Return what the service needs to change the user."""
        cleaned = self.cleaned_data
        return {
            "fields": self.model_fields(),
            "local_part": cleaned["user_name"],
            "domain": cleaned["domain"],
            "roles": self.roles() if {*_SHOWN["roles"]} & {*self.changed_data} else None,
            "seen": cleaned["seen"],
            "key": cleaned["key"],
        }

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        if isinstance(refusal, NamesTaken):
            self.add_error("user_name", str(refusal))
        elif isinstance(refusal, RulesBroken):
            self.add_error("usage_location", str(refusal))
        else:
            say_at_field(self, refusal)

    def renewed(self, fields: Iterable[str], actor: User) -> "UserForm":
        """Return the form after another user's change: what was typed here, else what is new."""
        fresh = User.objects.with_roles().select_related("domain").get(pk=self.user.pk)
        seen: str = self.cleaned_data["seen"]["roles"]
        roles = seen if self.is_self else text_of_several(self.roles())
        typed = {**self.model_fields(), "user_name": self.typed_name(), "roles": roles}
        now = {**self.initial_of(fresh), **self.initial_permissions(fresh)}
        data = self.data_with(fields, typed=typed, now=now, fresh=fresh)
        return UserForm(data, customer=self.customer, user=fresh, actor=actor)
