"""The admin's forms as a browser sends them back, and its actions."""

from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.test import Client
from django.urls import reverse

Values = dict[str, Any]


def typed(response: Any) -> Values:
    """What the form of an add or change page sends when nothing is touched."""
    forms = [response.context["adminform"].form]
    for inline in response.context.get("inline_admin_formsets", ()):
        forms += [inline.formset.management_form, *inline.formset.forms]
    found: Values = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                found[bound.html_name] = value
    return found


def address(model: type[models.Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def act(client: Client, action: str, *rows: models.Model, **values: object) -> Any:
    """Choose rows in the list and send the action; with `confirmed` as its page does."""
    chosen = {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(address(type(rows[0]), "changelist"), {**chosen, **values})


def told(response: Any) -> list[str]:
    """The messages of the page that the answer leads to."""
    page = response.client.get(response.headers["Location"])
    return [str(message) for message in page.context["messages"]]


def errors(response: Any) -> Values:
    """The errors by field of an add or change page that was shown again."""
    return {name: list(texts) for name, texts in response.context["adminform"].form.errors.items()}
