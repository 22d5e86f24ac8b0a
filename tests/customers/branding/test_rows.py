"""Host names as rows: each once, in small letters, whoever writes them."""

import pytest
from django.db import IntegrityError, transaction

from customers.branding.rows import HostName
from tests.support.cast import Cast


def test_a_host_name_is_one_partners_alone(cast: Cast) -> None:
    HostName.objects.create(partner=cast.fabrikam, name="portal.fabrikam.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        HostName.objects.create(partner=cast.litware, name="portal.fabrikam.example")


def test_a_host_name_has_small_letters(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        HostName.objects.create(partner=cast.fabrikam, name="Portal.fabrikam.example")
