"""The address of a customer's sources, and what a process loads that none of them asks."""

import subprocess
import sys
from uuid import UUID

import pytest

from api.scim.views import address_of
from tests.support.house import BASE_DIR

LOADED = (
    "import sys, partnerportal.wsgi; from django.urls import get_resolver;"
    " list(get_resolver().url_patterns); print(*sorted(sys.modules))"
)


def test_a_source_is_told_the_address_of_its_customer() -> None:
    uuid = UUID("0a7b3d52-9c1e-4f7d-8a55-2f6f7c1f9e10")
    assert address_of(uuid) == f"/scim/{uuid}/v2"


@pytest.mark.once
def test_the_protocol_is_not_loaded_before_a_source_asks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=BASE_DIR, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "api.scim.views" in loaded
    assert not loaded & {"api.scim.protocol", "scim2_models", "scim2_server"}
