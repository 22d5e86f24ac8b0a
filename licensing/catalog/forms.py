"""The form of an own product: its name, and a row for each of its services."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.errors import Refused
from customers.forms.fields import VisibleCharField, say_at_field
from customers.invisible import visible
from customers.query_params import read_number

from ..errors import without_services
from ..models import PRODUCT_NAME_LENGTH, SKU_LENGTH, Product
from ..services.own_products import CODE, OwnFacts, Use, code_from, use_of, version_of

# Empty rows of a new product, and of one that has services.
BLANK, ONE_MORE = 3, 1
MAX_ROWS = 50
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def check_code(code: str) -> None:
    if not CODE.fullmatch(code.upper()):
        raise ValidationError(
            _("Use letters without accents, digits, hyphens, dots and underscores.")
        )


@dataclass(frozen=True, slots=True)
class Row:
    """A service in the form: its fields, and in words what keeps it from being removed."""

    name: forms.BoundField
    code: forms.BoundField
    known: forms.BoundField
    remove: forms.BoundField
    is_known: bool
    use: str


class ProductForm(forms.Form):
    """The form of a new product, or of this one. `rows` is how many services it has room for."""

    seen = VisibleCharField(widget=forms.HiddenInput, required=False)
    rows = VisibleCharField(widget=forms.HiddenInput, required=False)
    name = VisibleCharField(
        label=gettext_lazy("Name"),
        max_length=PRODUCT_NAME_LENGTH,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": gettext_lazy("Enter the name of the product.")},
    )
    sku = VisibleCharField(
        label=gettext_lazy("SKU"),
        max_length=SKU_LENGTH,
        required=False,
        validators=[check_code],
        widget=forms.TextInput(attrs=PLAIN),
        help_text=gettext_lazy(
            "Identifies the product in files and can't be changed later. Leave it empty to make"
            " one from the name."
        ),
    )

    def __init__(
        self, sent: QueryDict | None = None, *, product: Product | None = None, more: bool = False
    ) -> None:
        """Take what was sent; `more` shows it again, unchecked, with one more row."""
        self.product = product
        self.known = (
            dict(product.plans.order_by("pk").values_list("code", "name")) if product else {}
        )
        self.use = use_of(product) if product else Use(0, 0, {})
        # Support staff may have given it more.
        self.limit = max(MAX_ROWS, len(self.known))
        self.count = self._count(sent)
        initial = self._initial() if sent is None else {}
        if more and sent is not None:
            self.count = min(self.count + 1, self.limit)
            initial = {name: visible(str(value))[0] for name, value in sent.items()}
        initial["rows"] = str(self.count)
        super().__init__(None if more else sent, initial=initial)
        if product:
            del self.fields["sku"]
        for number in range(self.count):
            self._add_row(number)
        if more:
            self.fields[f"name_{self.count - 1}"].widget.attrs["data-focus"] = ""

    def _count(self, sent: QueryDict | None) -> int:
        if sent is not None:
            return min(read_number(sent.get("rows", "")) or 0, self.limit)
        return min(len(self.known) + (ONE_MORE if self.product else BLANK), self.limit)

    def _initial(self) -> dict[str, Any]:
        if self.product is None:
            return {}
        values: dict[str, Any] = {"name": self.product.name, "seen": version_of(self.product)}
        for number, (code, name) in enumerate(self.known.items()):
            values |= {f"known_{number}": code, f"code_{number}": code, f"name_{number}": name}
        return values

    def _add_row(self, number: int) -> None:
        told = {"number": number + 1}
        self.fields[f"known_{number}"] = VisibleCharField(widget=forms.HiddenInput, required=False)
        self.fields[f"name_{number}"] = VisibleCharField(
            label=_("Service %(number)s") % told,
            max_length=PRODUCT_NAME_LENGTH,
            required=False,
            widget=forms.TextInput(attrs=dict(PLAIN)),
        )
        self.fields[f"code_{number}"] = VisibleCharField(
            label=_("Code of service %(number)s") % told,
            max_length=SKU_LENGTH,
            required=False,
            validators=[check_code],
            widget=forms.TextInput(attrs=dict(PLAIN)),
        )
        self.fields[f"remove_{number}"] = forms.BooleanField(
            label=_("Remove service %(number)s") % told, required=False
        )

    @property
    def service_rows(self) -> Iterator[Row]:
        for number in range(self.count):
            known = self[f"known_{number}"]
            code = str(known.value() or "")
            yield Row(
                name=self[f"name_{number}"],
                code=self[f"code_{number}"],
                known=known,
                remove=self[f"remove_{number}"],
                is_known=code in self.known,
                use=self.use.of_plan(code) if code in self.known else "",
            )

    @property
    def has_room(self) -> bool:
        return self.count < self.limit

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        # One without a row stays: its box alone removes a service.
        rows = {cleaned.get(f"known_{number}") for number in range(self.count)}
        self.plans = {code: name for code, name in self.known.items() if code not in rows}
        for number in range(self.count):
            self._take(number, cleaned)
        if not self.errors and not self.plans:
            where = "name_0" if self.count else None
            self.add_error(where, str(without_services()))
        return cleaned

    def _take(self, number: int, cleaned: Mapping[str, Any]) -> None:
        """Take a row into the plans, or say at its fields what is wrong with it."""
        where = f"name_{number}"
        name, code = cleaned.get(where), cleaned.get(f"code_{number}")
        known = cleaned.get(f"known_{number}", "")
        is_known = known in self.known
        if name is None or code is None or (is_known and cleaned.get(f"remove_{number}")):
            return
        if not name:
            if is_known or code:
                self.add_error(where, _("Enter a name for this service, or remove it."))
            return
        if name.casefold() in map(str.casefold, self.plans.values()):
            self.add_error(where, _("Another service of this product has this name."))
            return
        code = known if is_known else code.upper() or code_from(name, f"SERVICE-{number + 1}")
        if code in self.plans or (code in self.known and not is_known):
            self.add_error(f"code_{number}", _("Another service of this product has this code."))
            return
        self.plans[code] = name

    def facts(self) -> OwnFacts:
        return OwnFacts(name=self.cleaned_data["name"], plans=self.plans)

    @classmethod
    def after_a_change(cls, sent: QueryDict, product: Product) -> Self:
        """Return the form as it was sent, for the product as a colleague has left it.

        It has a row for each service that has come since.
        """
        data, form = sent.copy(), cls(sent, product=product)
        rows = form.count
        there = {sent.get(f"known_{number}") for number in range(rows)}
        for code, name in form.known.items():
            if code not in there:
                data[f"known_{rows}"], data[f"name_{rows}"] = code, name
                rows += 1
        data["rows"], data["seen"] = str(rows), version_of(product)
        return cls(data, product=product)

    def refuse(self, refusal: Refused) -> None:
        """Say it at the field that it is about."""
        say_at_field(self, refusal)
