from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from customers.errors import AlreadyDone, Refused
from customers.folding import folded_words
from customers.models import Batch
from customers.query_params import read_id
from customers.roles import Capability, who_can
from customers.tenancy import CustomerScopeMixin

from ..forms.adding import AddUserForm
from ..forms.details import NamesForm, is_grave_form
from ..models import CredentialSheet, SheetKind, User, UserQuerySet
from ..names import typed_user_name
from ..services.returns import name_taken
from ..services.users import add_users
from ..signin.limits import take
from ..signin.reauthentication import ProofMixin

# Of the words by which a user is looked for whom the new one is to be like, and of those found.
WORDS_LENGTH = 200
PROPOSED = 8


class UserAddView(CustomerScopeMixin, TemplateView, ProofMixin):
    """The page that adds one user; `sheet` in the address is the set that keeps the passwords."""

    capability = Capability.MANAGE_USERS
    template_name = "accounts/user_form.html"

    def scope(self, **kwargs: Any) -> None:
        self.actor = self.request.user
        self.sheet = self.open_sheet()

    def open_sheet(self) -> CredentialSheet | None:
        """Return the maker's own open set: nothing is added to another user's."""
        sheets = CredentialSheet.objects.open().filter(customer=self.customer, by=self.actor)
        wanted = read_id(self.request.GET.get("sheet", ""))
        return sheets.filter(pk=wanted, kind=SheetKind.ADDED).first() if wanted else None

    @cached_property
    def like(self) -> User | None:
        """Return the user whose department, licenses and services the new one is to have."""
        wanted = read_id(self.request.GET.get("like", ""))
        if wanted:
            return self.living.filter(pk=wanted).first()
        return self.named[0] if len(self.named) == 1 else None

    @property
    def living(self) -> UserQuerySet:
        users = User.objects.active().with_roles().filter(customer=self.customer)
        return users.select_related("domain")

    @cached_property
    def named(self) -> list[User]:
        """Return whom the words in the address may mean: the one with that user name, or some."""
        text = typed_user_name(self.request.GET.get("like_name", "")[:WORDS_LENGTH])
        if not text:
            return []
        whole = [text.lower()]
        if "@" not in text:
            domains = self.customer.domains.values_list("name", flat=True)
            whole = [f"{text.lower()}@{domain}" for domain in domains]
        found = list(self.living.filter(username__in=whole))
        if found or not (words := folded_words(text)):
            return found
        return list(self.living.matching(words).order_by("sort_name", "pk")[:PROPOSED])

    def needs_proof(self) -> bool:
        return "look" not in self.request.POST and is_grave_form(self.request.POST)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.kept:
            return self.page(AddUserForm(self.kept, customer=self.customer, actor=self.actor))
        return self.page(AddUserForm(customer=self.customer, actor=self.actor, like=self.like))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AddUserForm(request.POST, customer=self.customer, actor=self.actor)
        if "look" in request.POST:
            form.look_again()
            return self.page(form)
        if not form.is_valid():
            return self.page(form)
        try:
            added = add_users(
                [form.new_user()],
                customer=self.customer,
                actor=self.actor,
                key=form.batch_key(),
                onto=self.sheet,
            )
        except AlreadyDone as done:
            return self.result(done.batch)
        except Refused as refusal:
            form.refuse(refusal)
            return self.page(form)
        for sentence in form.removed:
            messages.warning(request, sentence)
        return self.result(added.batch)

    def page(self, form: AddUserForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))

    def result(self, batch: Any) -> HttpResponse:
        """Lead to the passwords or, with Save and add another, to the form for the same set."""
        done: Batch = batch
        sheet = done.request.get("sheet") or (self.sheet.pk if self.sheet else None)
        item = done.items.select_related("user").first()
        if item and ("sheet" not in done.request or "another" in self.request.POST):
            text = _("%(name)s was added.")
            if "sheet" not in done.request:
                text = _("%(name)s was added. The temporary password is made on the start date.")
            messages.success(self.request, text % {"name": item.user.display_name})
        if "another" not in self.request.POST:
            if "sheet" in done.request:
                return redirect("accounts:sheet-detail", self.customer.pk, sheet)
            if item is None:
                return redirect("accounts:user-list", self.customer.pk)
            return redirect("accounts:user-detail", self.customer.pk, item.user_id)
        query = {"sheet": sheet} if sheet else {}
        if item:
            query["like"] = item.user_id
        address = reverse("accounts:user-add", args=[self.customer.pk])
        return redirect(f"{address}?{urlencode(query)}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_buy = self.actor.can(Capability.MANAGE_SUBSCRIPTIONS)
        staff, set_text = bool(self.actor.partner_id), ""
        if self.sheet:
            set_text = ngettext(
                "%(count)s user on this sheet. The next user is added to it: the"
                " passwords are shown, printed and emailed together.",
                "%(count)s users on this sheet. The next user is added to it: the"
                " passwords are shown, printed and emailed together.",
                self.sheet.users,
            ) % {"count": self.sheet.users}
        return super().get_context_data(**kwargs) | {
            "like": self.like,
            "like_name": self.request.GET.get("like_name", "").strip(),
            "named": self.named,
            "sheet": self.sheet,
            "set_text": set_text,
            "set_closed": self.sheet is None and "sheet" in self.request.GET,
            "may_buy": may_buy,
            "who_buys": "" if may_buy else who_can(Capability.MANAGE_SUBSCRIPTIONS, staff=staff),
        }


class UserNameView(CustomerScopeMixin, View):
    """What a page says below a user name; `user` in the address is the one who has it now.

    A domain is one customer's alone, so that nothing is told of the users of others.
    """

    capability = Capability.MANAGE_USERS
    http_method_names = ("get",)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        take(request, "user_name")
        # The other names are no matter.
        given = {name: request.GET.get(name, "") for name in ("user_name", "domain")}
        form = NamesForm({**given, "display_name": "-"}, domains=self.customer.domains.all())
        if not form.is_valid():
            if "domain" in form.errors:
                raise Http404
            return JsonResponse({"state": "wrong", "text": form.errors["user_name"][0]})
        user_name = form.typed_name()
        users = self.customer.users.active().filter(username=user_name.lower())
        holder = users.values_list("pk", flat=True).first()
        if holder is None:
            text = _("%(user_name)s is free.") % {"user_name": user_name}
            return JsonResponse({"state": "free", "text": text})
        if holder == read_id(request.GET.get("user", "")):
            return JsonResponse({"state": "own", "text": ""})
        domain = form.cleaned_data["domain"].name
        text = name_taken(form.cleaned_data["user_name"], domain)
        return JsonResponse({"state": "taken", "text": text})
