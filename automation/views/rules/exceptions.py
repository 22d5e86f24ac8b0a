"""Exceptions to a rule: made once more asked, and taken back by a button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from customers.errors import AlreadyDone, Refused
from customers.query_params import is_key, local_address
from customers.services.batches import new_key

from ...forms.exceptions import ExceptionForm
from ...queries.rules import by_rule
from ...services.rules import add_exceptions, remove_exceptions
from .base import RuleMixin


class ExceptionAddView(RuleMixin):
    """An exception for the user whom the address names: what it means, and the button."""

    template_name = "automation/exception_add.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ExceptionForm(request.GET or None, customer=self.customer)
        if form.is_valid() and self.rule.exceptions.filter(user=form.user).exists():
            messages.info(request, _("%(name)s is already an exception.") % named(form.user))
            return self.to_exceptions()
        return self.page(form=form, **self.told(form))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = ExceptionForm(request.POST, customer=self.customer)
        if not form.is_valid():
            return self.page(form=form)
        key = request.POST.get("key", "")
        try:
            batch = add_exceptions(
                self.rule,
                [form.user],
                actor=self.actor,
                key=key if is_key(key) else new_key(),
                reason=form.cleaned_data["reason"],
            )
        except AlreadyDone as done:
            return redirect("accounts:batch-detail", done.batch.pk)  # type: ignore[attr-defined]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return self.to_exceptions()
        if batch is not None and batch.done:
            return redirect("accounts:batch-detail", batch.pk)
        messages.success(request, _("%(name)s is an exception to this rule.") % named(form.user))
        return self.to_exceptions()

    def told(self, form: ExceptionForm) -> dict[str, Any]:
        """Return the user and what they lose, once it is known who it is."""
        if not form.is_valid():
            return {}
        pools = {row.subscription_id for row in self.rule.gives.all()}
        held = by_rule([form.user.pk])
        lost = [pool for (_user, pool), kept in held.items() if kept.rule == self.rule.pk]
        products = self.customer.subscriptions.for_list().filter(pk__in=pools.intersection(lost))
        return {
            "excepted": form.user,
            "products": [pool.product.name for pool in products],
            "key": new_key(),
        }

    def to_exceptions(self) -> HttpResponse:
        return redirect(exceptions_url(self.customer.pk, self.rule.pk))


class ExceptionRemoveView(RuleMixin):
    """The button that lets the rule give to a user again."""

    http_method_names = ["post"]
    user: User

    def scope(self, **kwargs: Any) -> None:
        super().scope(**kwargs)
        self.user = get_object_or_404(self.customer.users, pk=kwargs["user"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        back = local_address(
            self.request,
            request.POST.get("next", ""),
            exceptions_url(self.customer.pk, self.rule.pk),
        )
        try:
            batch = remove_exceptions(self.rule, [self.user], actor=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(back)
        if batch is not None and batch.done:
            return redirect("accounts:batch-detail", batch.pk)
        messages.success(request, _("%(name)s is no longer an exception.") % named(self.user))
        return redirect(back)


def named(user: User) -> dict[str, str]:
    return {"name": user.display_name}


def exceptions_url(customer: int, rule: int) -> str:
    return f"{reverse('automation:rule-detail', args=[customer, rule])}?state=exceptions"
