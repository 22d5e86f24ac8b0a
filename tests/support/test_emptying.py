"""What a test has committed is gone before the next one; what `migrate` fills is as it was."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from accounts.models import User
from customers.models import AuditEvent
from tests.support import emptying
from tests.support.admin import make_rows
from tests.support.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def kept() -> dict[type[Model], list[dict[str, object]]]:
    return {model: list(model._base_manager.order_by("pk").values()) for model in emptying.KEPT}


@pytest.mark.parametrize("small", [0, emptying.SMALL])
def test_emptied_tables_leave_what_migrate_fills_under_the_same_ids(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "SMALL", small)
    before = kept()
    make_rows(make_cast())
    emptying.empty()
    assert kept() == before
    assert not User.objects.exists()
    assert not AuditEvent.objects.exists()
    make_rows(make_cast())


@pytest.mark.parametrize("small", [0, emptying.SMALL])
def test_what_migrate_fills_comes_back_when_a_test_has_changed_it(
    small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(emptying, "SMALL", small)
    before = kept()
    Group.objects.create(name="Of one test")
    Group.objects.order_by("pk")[0].delete()
    Permission.objects.filter(content_type__model="user").update(name="x")
    ContentType.objects.filter(model="session").delete()
    emptying.empty()
    assert kept() == before
    assert ContentType.objects.get_for_model(User).pk in {row["id"] for row in kept()[ContentType]}
