"""Upload users: the file, the defaults for its rows, what becomes of users who already exist."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.columns import COLUMNS
from accounts.forms.details import PermissionsMixin, country_choices, subscriptions_field
from accounts.forms.start import StartMixin
from accounts.models import User
from accounts.queries.name_lists import names_in
from accounts.services.users.new_users import SeatsUntil
from customers.formats import figure
from customers.forms.fields import FreshInput
from customers.models import Customer
from customers.services.batches import new_key
from licensing.models import SubscriptionStatus

from .columns.parts import PARTS, PASSWORD, label_of
from .columns.secrets import is_secret
from .errors import FileRefused
from .name_files import NAME_LIMIT, ReadNames, other_readings, read_again, read_names
from .services import Existing, Licensing, Options, too_large
from .spreadsheets import ALL, CODE_PAGES

# What a browser offers for a table; which one it is, its first bytes say.
_TABLES = ".csv,.txt,.tsv,.xlsx,.xls,.ods,text/csv"


class ExistingMixin(forms.Form):
    """What may change of users who already exist, and what a deleted namesake means."""

    existing_details = forms.BooleanField(
        label=gettext_lazy("Update their details"),
        required=False,
        help_text=gettext_lazy("Empty cells change nothing."),
    )
    existing_permissions = forms.BooleanField(
        label=gettext_lazy("Update their permissions"), required=False
    )
    existing_licenses = forms.ChoiceField(
        label=gettext_lazy("Their licenses"),
        choices=[
            (Licensing.LEAVE, gettext_lazy("Leave as they are")),
            (Licensing.ADD, gettext_lazy("Add those in the Subscriptions column")),
            (Licensing.REPLACE, gettext_lazy("Replace with the Subscriptions column")),
        ],
        required=False,
        widget=forms.Select(attrs={"class": "form-select upload-select"}),
    )

    def existing(self) -> Existing:
        cleaned = self.cleaned_data
        return Existing(
            cleaned["existing_details"],
            cleaned["existing_permissions"],
            Licensing(cleaned["existing_licenses"]),
        )

    @staticmethod
    def existing_initial(options: Options) -> dict[str, Any]:
        return {
            "existing_details": options.existing.details,
            "existing_permissions": options.existing.permissions,
            "existing_licenses": options.existing.licenses.value,
        }


class UploadForm(PermissionsMixin, ExistingMixin):
    key = forms.CharField(max_length=64, widget=FreshInput(), required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(
            attrs={
                "accept": _TABLES,
                "class": "form-control",
                "aria-describedby": "file-help",
            }
        ),
        error_messages={
            "required": gettext_lazy("Choose the file that has the users."),
            "empty": gettext_lazy("This file is empty. Choose another one."),
            "missing": gettext_lazy("Choose the file again."),
            "invalid": gettext_lazy("Choose the file again."),
        },
    )
    usage_location = forms.ChoiceField(
        label=gettext_lazy("Usage location"),
        choices=country_choices,
        required=False,
        widget=forms.Select(attrs={"class": "form-select upload-select"}),
        help_text=gettext_lazy("Used for rows without one. Required to assign licenses."),
    )
    licenses = subscriptions_field(gettext_lazy("Subscriptions"))

    def __init__(
        self,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, Any] | None" = None,
        *,
        customer: Customer,
        actor: User,
        left_out: str = "",
    ) -> None:
        """`left_out` says why the file that was sent is not in `files`."""
        initial = {"usage_location": customer.country.code, "key": new_key()}
        super().__init__(data, files, initial=initial)
        self.left_out = left_out
        self.limit_permissions(actor)
        self.fields["file"].widget.attrs |= {
            "data-max-bytes": str(settings.UPLOAD_MB * 2**20),
            "data-too-large": too_large(),
        }
        own = customer.subscriptions.filter(status=SubscriptionStatus.ACTIVE).for_list()
        self.subscriptions = list(own)
        self.fields["licenses"].choices = [  # type: ignore[attr-defined]
            (str(row.pk), row.product.name) for row in self.subscriptions
        ]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.left_out:
            # What came is not there, but it is not "missing".
            self.errors.pop("file", None)
            self.add_error("file", self.left_out)
        return cleaned

    @property
    def chosen(self) -> set[str]:
        return set(self["licenses"].value() or ())

    def options(self) -> Options:
        return Options(
            usage_location=self.cleaned_data["usage_location"],
            roles=self.roles(),
            licenses={int(pk): () for pk in self.cleaned_data["licenses"]},
            existing=self.existing(),
        )

    def upload(self) -> "File[bytes]":
        file: File[bytes] = self.cleaned_data["file"]
        return file


class ExistingForm(ExistingMixin):
    """On the confirmation page; the rest of the options stays as it is."""

    restores = forms.TypedChoiceField(
        label=gettext_lazy("Rows with the user name of a deleted user"),
        choices=[
            ("", gettext_lazy("Add a new user")),
            ("yes", gettext_lazy("Restore the deleted user instead")),
        ],
        coerce=bool,
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, data: QueryDict | None = None, *, options: Options) -> None:
        initial = self.existing_initial(options)
        initial["restores"] = "yes" if options.restores else ""
        super().__init__(data, initial=initial)


class SelectListForm(forms.Form):
    """User names to select by: pasted, in a file, or both."""

    names = forms.CharField(
        label=gettext_lazy("User names"),
        required=False,
        widget=forms.Textarea(
            attrs={
                "class": "form-control",
                "rows": 10,
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "aria-describedby": "id_names_helptext",
                # The page is opened to paste them.
                "data-focus": "",
            }
        ),
        help_text=gettext_lazy(
            "One per line, or separated by commas, semicolons or tabs. Addresses copied"
            " from an email program work too."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(
            attrs={
                "accept": _TABLES,
                "class": "form-control",
                "aria-describedby": "id_file_helptext",
            }
        ),
        help_text=gettext_lazy(
            "A .csv, .xlsx, .xls or .ods file. Its first column with user names is used."
        ),
    )

    # By what the names of a file were read, and what is right instead: a code page, or all of them.
    read_as = forms.ChoiceField(
        choices=[(name, name) for name in CODE_PAGES], required=False, widget=forms.HiddenInput
    )
    answer = forms.ChoiceField(
        choices=[(name, name) for name in (ALL, *CODE_PAGES)],
        required=False,
        widget=forms.HiddenInput,
    )

    # A name that was not found and the user name to take instead, separated by a tab.
    instead = forms.CharField(required=False, strip=False)

    def __init__(self, *args: Any, left_out: str = "", country: str = "", **kwargs: Any) -> None:
        """`left_out` says why the file that was sent is not there; `country` is the customer's."""
        super().__init__(*args, **kwargs)
        self.left_out = left_out
        self.country = country
        self.read = ReadNames((), ())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        text, file = cleaned.get("names", ""), cleaned.get("file")
        read_as, answer = cleaned.get("read_as", ""), cleaned.get("answer", "")
        if self.left_out:
            self.add_error("file", self.left_out)
        elif file:
            try:
                self.read = read_names(file, file.name, self.country)
            except FileRefused as refused:
                self.add_error("file", str(refused))
        elif read_as and answer == ALL:
            self.read = ReadNames((), (), read_as, other_readings(text, read_as, self.country))
        elif read_as:
            text = read_again(text, read_as, answer) if answer else text
            self.read = ReadNames((), (), answer or read_as)
        names = [*names_in(text), *self.read.names]
        before, _tab, after = cleaned.get("instead", "").partition("\t")
        names = [after if name == before else name for name in names]
        field = "file" if file else "names"
        if not names and not self.errors:
            self.add_error(field, _("Paste user names, or choose a file that has them."))
        if len(names) > NAME_LIMIT:
            text = _("%(count)s names are too many at once. Enter up to %(limit)s.")
            facts = {"count": figure(len(names)), "limit": figure(NAME_LIMIT)}
            self.add_error(field, text % facts)
        return {**cleaned, "all_names": names}


class ColumnsForm(forms.Form):
    """What each heading of a file means."""

    def __init__(
        self, data: QueryDict | None = None, *, headings: Sequence[str], matched: Sequence[str]
    ) -> None:
        super().__init__(data)
        all_choices = [("", _("Ignore this column"))]
        all_choices += [(name, label_of(name)) for name in (*COLUMNS, *PARTS)]
        secret = [(PASSWORD, label_of(PASSWORD))]
        for at, (heading, name) in enumerate(zip(headings, matched, strict=True)):
            choices = secret if is_secret(heading) else all_choices
            self.fields[f"column-{at}"] = forms.ChoiceField(
                label=heading.strip() or _("Column %(number)s") % {"number": at + 1},
                choices=choices,
                required=False,
                initial=name,
                widget=forms.Select(attrs={"class": "form-select"}),
            )

    def columns(self) -> list[str]:
        return [self.cleaned_data[name] for name in self.fields]


class StartForm(StartMixin):
    """When the new users start whose rows don't say, and what comes then for all of them."""

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        customer: Customer,
        actor: User,
        options: Options,
    ) -> None:
        initial = {
            "starts_on": options.starts_on,
            "seats_until": options.seats_until,
            "password_then": "yes" if options.password_then else "",
        }
        super().__init__(data, initial=initial)
        self.customer, self.options = customer, options
        self.limit_start(actor)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        self.check_start(self.customer)
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """Return the options by name; what the role can't choose is as before."""
        cleaned, old = self.cleaned_data, self.options
        return {
            "starts_on": cleaned["starts_on"],
            "seats_until": SeatsUntil(cleaned.get("seats_until") or old.seats_until),
            "password_then": bool(cleaned.get("password_then", old.password_then)),
        }
