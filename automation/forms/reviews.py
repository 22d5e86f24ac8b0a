"""The forms of an access review: whom and what it asks about, who answers, and until when."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User, UserQuerySet
from customers.formats import ENTER_DATE, ENTER_DATE_LIKE, ENTER_NAME
from customers.forms.activity import DateInput
from customers.forms.fields import NOT_LISTED, VisibleCharField
from customers.log.history import LABELS
from customers.models import Customer
from customers.roles import Reach
from licensing.models import Subscription

from ..models import REMOVALS, Subject
from ..models.reviews import LAST_DAY, REVIEW_NAME_LENGTH
from ..queries.reviews import Pick, capability_of
from ..services.reviews import Facts

CHOSEN, ADMINISTRATORS, EACH = "chosen", "administrators", "each"
KEEP = "keep"
# Of so many users each can have a reviewer of their own: the page has a list for each.
MOST_OF_THEIR_OWN = 100


class PickForm(forms.Form):
    """Whom a review is about, and what it asks about them; it stands in an address."""

    pick = forms.ChoiceField(
        label=gettext_lazy("Users"),
        choices=Pick.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose which users."), **NOT_LISTED},
    )
    subject = forms.ChoiceField(
        label=LABELS["subject"],
        choices=Subject.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what is reviewed."), **NOT_LISTED},
    )
    subscription = forms.ModelChoiceField(
        label=gettext_lazy("License"),
        queryset=Subscription.objects.none(),
        required=False,
        empty_label=gettext_lazy("Choose a license"),
        error_messages=NOT_LISTED,
        help_text=gettext_lazy("Required for users with a license, or to review a license."),
    )

    def __init__(
        self, *args: Any, customer: Customer, actor: User, selected: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        picks = [choice for choice in Pick.choices if selected or choice[0] != Pick.SELECTED]
        subjects = [choice for choice in Subject.choices if _may_ask(choice[0], actor)]
        # The last one first: who comes with selected users means them.
        self.fields["pick"].choices = picks[::-1] if selected else picks  # type: ignore[attr-defined]
        self.fields["subject"].choices = subjects  # type: ignore[attr-defined]
        field: Any = self.fields["subscription"]
        field.queryset = customer.subscriptions.current().for_list()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        needed = cleaned.get("pick") == Pick.LICENSE or cleaned.get("subject") == Subject.LICENSE
        if needed and not cleaned.get("subscription") and "subscription" not in self.errors:
            self.add_error("subscription", gettext_lazy("Choose a license."))
        return cleaned


def _may_ask(subject: str, actor: User) -> bool:
    far = actor.reach(capability_of(subject))
    return far == Reach.FULL or (far == Reach.LIMITED and subject != Subject.ROLES)


class LastDayForm(forms.Form):
    on = forms.DateField(
        label=LAST_DAY,
        widget=DateInput(format="%Y-%m-%d", attrs={"class": "form-control"}),
        error_messages={
            "required": ENTER_DATE,
            "invalid": ENTER_DATE_LIKE,
        },
        help_text=gettext_lazy(
            "The review ends with this day, by the customer's clock. Reviewers who have not"
            " answered are reminded two days before."
        ),
    )


class AnotherReviewerForm(forms.Form):
    reviewer = forms.ModelChoiceField(
        label=gettext_lazy("Reviewer"),
        queryset=User.objects.none(),
        empty_label=gettext_lazy("Choose a reviewer"),
        error_messages={
            "required": gettext_lazy("Choose a reviewer."),
            **NOT_LISTED,
        },
    )

    def __init__(self, *args: Any, possible: UserQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reviewer"]
        field.queryset = possible
        field.label_from_instance = reviewer_label


class ReviewForm(LastDayForm):
    """Who answers, until when, and what comes of it."""

    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=REVIEW_NAME_LENGTH,
        help_text=gettext_lazy("Reviewers and the activity log see this name."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": ENTER_NAME},
    )
    who = forms.ChoiceField(
        label=gettext_lazy("Who answers"),
        choices=[
            (CHOSEN, gettext_lazy("The reviewers chosen here")),
            (ADMINISTRATORS, gettext_lazy("The customer's Global administrators")),
            (EACH, gettext_lazy("A reviewer for each user, chosen next")),
        ],
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
    reviewers = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Reviewers"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=NOT_LISTED,
        help_text=gettext_lazy("For each user, one answer is enough."),
    )
    removal = forms.ChoiceField(
        label=LABELS["removal"],
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
    otherwise = forms.ChoiceField(
        label=gettext_lazy("Users without an answer by then"),
        widget=forms.RadioSelect,
        error_messages=NOT_LISTED,
    )
    field_order = ("name", "who", "reviewers", "on", "removal", "otherwise")

    def __init__(
        self, *args: Any, subject: str, possible: UserQuerySet, users: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.subject, self.users = subject, users
        field: Any = self.fields["reviewers"]
        field.queryset = possible
        field.label_from_instance = reviewer_label
        removals = [(removal.value, removal.label) for removal in REMOVALS[subject]]
        self.fields["removal"].choices = removals  # type: ignore[attr-defined]
        keep = (KEEP, gettext_lazy("Keep everything as it is"))
        self.fields["otherwise"].choices = [keep, *removals]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        who = cleaned.get("who")
        chosen = cleaned.get("reviewers")
        if who == CHOSEN and "reviewers" not in self.errors and not chosen:
            self.add_error("reviewers", gettext_lazy("Choose at least one reviewer."))
        if who == EACH and self.users > MOST_OF_THEIR_OWN:
            self.add_error(
                "who",
                gettext_lazy("Up to 100 users can have a reviewer of their own. Choose fewer."),
            )
        return cleaned

    def facts(self, subscription: Subscription | None) -> Facts:
        cleaned = self.cleaned_data
        otherwise = cleaned["otherwise"]
        return Facts(
            name=cleaned["name"],
            subject=self.subject,
            removal=cleaned["removal"],
            on=cleaned["on"],
            otherwise="" if otherwise == KEEP else otherwise,
            subscription=subscription,
        )


def first_values(name: str, on: date, subject: str, reviewers: Sequence[int]) -> dict[str, Any]:
    """Return what the form of a new review has before anything is chosen: nothing is removed."""
    return {
        "name": name,
        "on": on,
        "who": CHOSEN,
        "reviewers": reviewers,
        "removal": REMOVALS[subject][0].value,
        "otherwise": KEEP,
    }


def reviewer_label(user: User) -> str:
    return f"{user.display_name} ({user.user_name})"
