"""A partner's staff: added, changed, and limited to some customers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from customers.errors import Refused
from customers.forms.fields import VisibleEmailField, say_at_field
from customers.models import Partner
from customers.roles import STAFF_ROLES, Role
from customers.said import gettext_lazy as _
from customers.services.seen import text_of_several

from ..models import User
from ..services.returns import name_taken
from ..services.staff import StaffDetails
from ..services.users import NamesTaken
from .details import SIGNS_IN_WITH_IT, NamesForm
from .edit_conflicts import SeenMixin

FIELDS = ("first_name", "last_name", "display_name", "alternate_email")
ALL, SOME = "all", "some"


class StaffForm(NamesForm):
    """Names and roles of a member of the partner's team."""

    alternate_email = VisibleEmailField(
        label=_("Alternate email"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("For email from the portal. Not used to sign in."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        choices=[(role.value, role.label) for role in STAFF_ROLES],
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one role. To keep a user out, block the sign-in.")
        },
    )

    def __init__(self, data: QueryDict | None = None, *, partner: Partner, **kwargs: Any) -> None:
        super().__init__(data, domains=partner.domains.all(), **kwargs)
        self.partner = partner

    def values(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def chosen_roles(self) -> tuple[Role, ...]:
        return tuple(Role(value) for value in self.cleaned_data["roles"])

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        if isinstance(refusal, NamesTaken):
            domain = self.cleaned_data["domain"].name
            self.add_error("user_name", name_taken(self.cleaned_data["user_name"], domain))
        else:
            say_at_field(self, refusal)


class StaffAddForm(StaffForm):
    """The form of new staff, who see no customer until some are chosen where they are limited."""

    reach = forms.ChoiceField(
        label=_("Customers"),
        choices=[
            (ALL, _("All customers")),
            (SOME, _("Only some customers, chosen on the next page")),
        ],
        widget=forms.RadioSelect,
        initial=ALL,
    )

    @property
    def is_limited(self) -> bool:
        return bool(self.cleaned_data["reach"] == SOME)

    def details(self) -> StaffDetails:
        return StaffDetails(
            self.typed_name(),
            self.values(),
            roles=self.chosen_roles(),
            limited_to_customers=self.is_limited,
        )


class StaffChangeForm(SeenMixin, StaffForm):
    """The form of existing staff; `is_self`: another account admin changes one's own roles."""

    seen_fields = (*FIELDS, "user_name", "roles")
    shown = {"user_name": ("user_name", "domain")}

    def __init__(
        self, data: QueryDict | None = None, *, partner: Partner, user: User, actor: User
    ) -> None:
        initial = {**_initial(user), **self.initial_seen(user)}
        super().__init__(data, partner=partner, initial=initial)
        self.user = user
        self.is_self = actor.pk == user.pk
        self.fields["user_name"].help_text = SIGNS_IN_WITH_IT
        if self.is_self:
            del self.fields["roles"]

    def details(self) -> StaffDetails:
        roles = None if self.is_self else self.chosen_roles()
        return StaffDetails(self.typed_name(), self.values(), roles=roles)

    def renewed(self, fields: Iterable[str], actor: User) -> "StaffChangeForm":
        """Return the form after another user's change: what was typed here, else what is new."""
        fresh = User.objects.with_roles().select_related("domain").get(pk=self.user.pk)
        seen: str = self.cleaned_data["seen"]["roles"]
        roles = seen if self.is_self else text_of_several(self.chosen_roles())
        typed = {**self.values(), "user_name": self.typed_name(), "roles": roles}
        data = self.data_with(fields, typed=typed, now=_initial(fresh), fresh=fresh)
        return StaffChangeForm(data, partner=self.partner, user=fresh, actor=actor)


def _initial(user: User) -> dict[str, Any]:
    values = {name: str(getattr(user, name)) for name in FIELDS}
    local_part = user.user_name.rpartition("@")[0]
    roles = [role.value for role in user.roles]
    return values | {"user_name": local_part, "domain": user.domain_id, "roles": roles}
