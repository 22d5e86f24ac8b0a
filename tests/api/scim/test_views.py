"""What a process loads whom no source asks."""

import subprocess
import sys

import pytest

from tests.support.house import BASE_DIR
from tests.support.servers import inherited

LOADED = (
    "import sys, django; django.setup(); from django.urls import get_resolver;"
    " list(get_resolver().url_patterns); print(*sorted(sys.modules))"
)


@pytest.mark.once
def test_the_protocol_is_not_loaded_before_a_source_asks() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED],
        cwd=BASE_DIR,
        env={**inherited(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    assert "api.scim.views" in loaded
    assert not loaded & {"api.scim.protocol", "scim2_models", "scim2_server"}
