"""What the admin calls what it shows: each column, filter and field in words for any language."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import (
    flatten_fieldsets,
    get_fields_from_path,
    help_text_for_field,
    label_for_field,
)
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import User
from customers.models import Batch
from customers.said import SaidField
from partnerportal.field_labels import LABELS, OF_MODELS
from tests.support.admin import address, make_rows
from tests.support.cast import Cast

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)  # noqa: SLF001
# Of no row yet, as the page has it that adds one.
NEW = [None]


@pytest.fixture
def asked(client: Client, cast: Cast) -> HttpRequest:
    """A request of support staff, with at least one row of every model to ask for."""
    make_rows(cast)
    User.objects.filter(pk=cast.uma.pk).update(blocked_at=timezone.now())
    client.force_login(cast.support)
    return client.get("/admin/").wsgi_request


def _of_a_list(page: Any, request: HttpRequest) -> Iterator[tuple[str, Any]]:
    for name in page.get_list_display(request):
        if name != "__str__":
            yield f"column {name}", label_for_field(name, page.model, page)
    for item in page.get_list_filter(request):
        by = item[0] if isinstance(item, tuple) else item
        if isinstance(by, str):
            yield f"filter {by}", get_fields_from_path(page.model, by)[-1].verbose_name
        else:
            yield f"filter {by.parameter_name}", by.title


def _of_a_page(page: Any, request: HttpRequest, row: Any) -> Iterator[tuple[str, Any]]:
    names = flatten_fieldsets(page.get_fieldsets(request, row))
    form = page.get_form(request, row, change=row is not None, fields=names)(instance=row)
    for name in names:
        if name not in form.fields:
            yield f"field {name}", label_for_field(name, page.model, page, form=form)
            noted = form._meta.help_texts or {}
            if note := noted.get(name, help_text_for_field(name, page.model)):
                yield f"note {name}", note
    yield from _of_a_form(form)
    for inline in page.get_inline_instances(request, row):
        names = flatten_fieldsets(inline.get_fieldsets(request, row))
        form = inline.get_formset(request, row, fields=names).form()
        for name in set(names) - set(form.fields):
            yield f"inline {name}", label_for_field(name, inline.model, inline, form=form)
        yield from _of_a_form(form)


def _of_a_form(form: Any) -> Iterator[tuple[str, Any]]:
    for name, field in form.base_fields.items():
        if not field.widget.is_hidden:
            yield f"input {name}", field.label
            if field.help_text:
                yield f"note {name}", field.help_text


def test_all_that_the_admin_shows_has_words_for_any_language(asked: HttpRequest) -> None:
    plain = set()
    for model in MODELS:
        page = admin.site.get_model_admin(model)
        rows = list(page.get_queryset(asked))
        assert rows, model
        labels = list(_of_a_list(page, asked))
        for row in [*NEW, *rows] if page.has_add_permission(asked) else rows:
            labels += _of_a_page(page, asked, row)
        plain |= {(model, name) for name, label in labels if not isinstance(label, Promise)}
    assert plain == set()


def test_the_walk_would_find_a_field_without_words() -> None:
    label = label_for_field("sort_name", User, admin.site.get_model_admin(User))
    assert not isinstance(label, Promise)


def test_each_label_is_that_of_a_field() -> None:
    fields = {
        model._meta.label: {field.name for field in (*_meta.fields, *_meta.many_to_many)}
        for model in apps.get_models()
        for _meta in [model._meta]
    }
    assert set().union(*fields.values()) >= LABELS.keys()
    for model, labels in OF_MODELS.items():
        assert fields[model] >= labels.keys(), model


@pytest.mark.usefixtures("asked")
def test_a_page_and_its_filters_are_in_the_language_of_who_reads_them(client: Client) -> None:
    german = {"accept-language": "de"}
    batches = client.get(address(Batch, "changelist"), headers=german).content.decode()
    assert "Erstellungsdatum" in batches
    assert "Nach Status" in batches
    batch = Batch.objects.latest("pk")
    page = client.get(address(Batch, "change", batch.pk), headers=german).content.decode()
    assert "Von wem" in page
    assert "created at" not in page.lower()


def test_the_words_of_a_sentence_are_not_shown_beside_it(asked: HttpRequest) -> None:
    for model in MODELS:
        page = admin.site.get_model_admin(model)
        names = flatten_fieldsets(page.get_fieldsets(asked, None))
        said = {field.name for field in model._meta.fields if isinstance(field, SaidField)}
        assert said.isdisjoint(names), model
