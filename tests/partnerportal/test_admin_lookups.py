"""The lists of the admin answer no question about a column that they do not show.

An address may ask a list for rows by any column of its model: yes and no, asked often enough, tell
a whole value. Here every column is asked about that is neither shown nor offered as a filter.
"""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import FieldDoesNotExist, SuspiciousOperation
from django.db import models
from django.test import Client, RequestFactory

from accounts.models import User
from tests.factories import SupportFactory
from tests.support.admin import address, make_rows
from tests.support.cast import Cast

VIEWER, SUPERUSER = "a viewer", "a superuser"
# Of each two one is true of a row, and the other is not, whatever the row holds.
HOW = ("__isnull=True", "__isnull=False", "__gte=0", "__lt=0", "__in=1", "=1")
REFUSED = "refused"
# The list is asked for its rows past its address, which all questions share.
ASK = RequestFactory()


def _models() -> list[type[models.Model]]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)  # noqa: SLF001


def _name(field: Any) -> str:
    """As a query names it; a relation from elsewhere has a name of its own there."""
    return str(field.name)


def _shown(model: type[models.Model]) -> set[str]:
    """The columns that stand in the list or in its filters, and the id, which is in its links."""
    page = admin.site._registry[model]  # noqa: SLF001
    filters = [item[0] if isinstance(item, tuple) else item for item in page.list_filter]
    named = {str(item) for item in (*page.list_display, *filters) if isinstance(item, str)}
    return {*named, model._meta.pk.name}


def _hidden(model: type[models.Model]) -> Iterator[str]:
    """All else that a query could name: its own columns, and those that its relations lead to."""
    shown = _shown(model)
    for field in model._meta.get_fields():
        if _name(field) not in shown:
            yield _name(field)
        related = field.related_model
        if isinstance(related, type) and issubclass(related, models.Model):
            for further in related._meta.get_fields():
                # The id of what a shown column points to is what it shows.
                named = f"{_name(field)}__{_name(further)}"
                if named not in shown and (
                    further is not related._meta.pk or _name(field) not in shown
                ):
                    yield named


def _person(cast: Cast, who: str) -> User:
    if who == SUPERUSER:
        return cast.support
    viewer = SupportFactory.create(is_superuser=False)
    group = Group.objects.create(name="Viewers")
    group.permissions.set(Permission.objects.filter(codename__startswith="view_"))
    viewer.groups.add(group)
    return viewer


def _answer(model: type[models.Model], question: str, user: User) -> Any:
    """The rows that the list gives, or that it refuses the question."""
    request = ASK.get(f"/?{question}")
    request.user = user
    try:
        found = admin.site._registry[model].get_changelist_instance(request)  # noqa: SLF001
    except (SuspiciousOperation, IncorrectLookupParameters):
        return REFUSED
    return set(found.queryset.values_list("pk", flat=True))


@pytest.mark.parametrize("who", [VIEWER, SUPERUSER])
def test_no_answer_depends_on_a_column_that_is_not_shown(who: str, cast: Cast) -> None:
    make_rows(cast)
    user = _person(cast, who)
    named = [(model, name) for model in _models() for name in _hidden(model)]
    if who == VIEWER:
        asked = [(model, f"{name}{how}") for model, name in named for how in HOW]
    else:
        # What is refused is the same for all: a column each, with one after the other.
        asked = [
            (model, f"{name}{how}")
            for (model, name), how in zip(named, itertools.cycle(HOW), strict=False)
        ]
    answered = [
        f"{model._meta.label}: {question}"
        for model, question in asked
        if _answer(model, question, user) != REFUSED
    ]
    assert len(named) > 500
    assert answered == []


def test_what_is_shown_and_the_filters_can_be_asked_for(cast: Cast) -> None:
    """Links of our own pages and of the filters do."""
    make_rows(cast)
    for model in _models():
        _check_what_is_shown(model, cast.support)


def _check_what_is_shown(model: type[models.Model], user: User) -> None:
    page = admin.site._registry[model]  # noqa: SLF001
    for name in sorted(_shown(model)):
        try:
            model._meta.get_field(name)
        except FieldDoesNotExist:
            # A method of the list, by which nobody can ask.
            continue
        assert _answer(model, f"{name}__isnull=False", user) != REFUSED, name
    filters = [item for item in page.list_filter if isinstance(item, type)]
    for item in filters:
        assert _answer(model, f"{item.parameter_name}=x", user) != REFUSED  # type: ignore[attr-defined]


@pytest.mark.parametrize("who", [VIEWER, SUPERUSER])
@pytest.mark.parametrize("page, refusal", [("changelist", 400), ("export", 404)])
@pytest.mark.parametrize(
    "column", ["password", "session_epoch", "username", "authenticator__data", "groups__name"]
)
def test_a_list_and_its_file_refuse_to_tell_of_secrets(
    column: str, page: str, refusal: int, who: str, cast: Cast, client: Client
) -> None:
    client.force_login(_person(cast, who))
    answers = [
        client.get(f"{address(User, page)}?id__exact={cast.uma.pk}&{column}__{how}")
        for how in ("gte=0", "lt=0", "startswith=a", "isnull=True")
    ]
    assert [answer.status_code for answer in answers] == [refusal] * len(answers)
