from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.formats import figure_lazy
from customers.forms.fields import NOT_LISTED, VisibleCharField
from licensing.models import Product
from licensing.services.subscriptions import MAX_SEATS

from ..models.requests import WORDS_LENGTH
from ..queries.wishes import Wish


def _words(label: Any, help_text: Any) -> VisibleCharField:
    return VisibleCharField(
        label=label,
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=help_text,
    )


def _seats(label: Any) -> forms.IntegerField:
    limits = format_lazy(
        gettext_lazy("Enter a number of seats from 1 to {most}."), most=figure_lazy(MAX_SEATS)
    )
    wrong = dict.fromkeys(("required", "invalid", "min_value", "max_value"), limits)
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=MAX_SEATS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=wrong,
    )


class RequestForm(forms.Form):
    """What to ask for, of what there is, and why."""

    wish = forms.ChoiceField(
        label=gettext_lazy("License"), widget=forms.RadioSelect, error_messages=NOT_LISTED
    )
    words = _words(
        gettext_lazy("Why you need it"),
        gettext_lazy("Optional. Only those who decide can read it."),
    )

    def __init__(self, *args: Any, wishes: Sequence[Wish], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wishes = wishes
        field: Any = self.fields["wish"]
        field.choices = [(wish.value, self._label(wish)) for wish in wishes]
        if len(wishes) == 1:
            field.initial = wishes[0].value

    def _label(self, wish: Wish) -> str:
        if wish.plan:
            names = {"plan": wish.plan.name, "product": wish.product.name}
            return _("%(plan)s, which is off in your license for %(product)s") % names
        return wish.product.name


class AnswerForm(forms.Form):
    """The answer to a request for a license. A refusal needs a word."""

    words = _words(
        gettext_lazy("Answer"),
        gettext_lazy("The user who asked reads it. Say why if you decline."),
    )
    seats: forms.IntegerField | None = None


class SeatsAnswerForm(AnswerForm):
    seats = _seats(gettext_lazy("Seats to add"))


class SeatsRequestForm(forms.Form):
    """Seats that a customer's administrator asks the partner for."""

    product = forms.ModelChoiceField(
        label=gettext_lazy("Product"),
        queryset=Product.objects.none(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages=NOT_LISTED,
    )
    seats = _seats(gettext_lazy("Additional seats"))
    words = _words(
        gettext_lazy("Why you need them"),
        gettext_lazy("Optional. Your partner reads it."),
    )

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.queryset = products
