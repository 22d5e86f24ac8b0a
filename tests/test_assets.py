"""Third-party files are what their makers published, and every file a page names is there."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from tests.house import templates

# The integrity values that the Bootstrap project publishes for 5.3.3.
BOOTSTRAP = {
    "js-lib-bootstrap5/css/bootstrap.min.css": (
        "QWTKZyjpPEjISv5WaRU9OFeRpok6YctnYmDr5pNlyT2bRjXh0JMhjY6hW+ALEwIH"
    ),
    "js-lib-bootstrap5/js/bootstrap.bundle.min.js": (
        "YvpcrYf0tY3lHB60NNkmXc5s9fDVZLESaAA55NDzOxhy9GkcIdslK1eN7N6jIeHz"
    ),
}


def static_names(template: Path) -> list[str]:
    return re.findall(r"{% static ['\"]([^'\"]+)['\"]", template.read_text())


@pytest.mark.parametrize("name, integrity", [*BOOTSTRAP.items()])
def test_bootstrap_is_the_published_file(name: str, integrity: str) -> None:
    path = finders.find(name)
    assert isinstance(path, str)
    digest = hashlib.sha384(Path(path).read_bytes()).digest()
    assert base64.b64encode(digest).decode() == integrity


def test_every_static_file_that_a_template_names_exists() -> None:
    names = {name for template in templates() for name in static_names(template)}
    assert BOOTSTRAP.keys() <= names
    assert [name for name in sorted(names) if finders.find(name) is None] == []
