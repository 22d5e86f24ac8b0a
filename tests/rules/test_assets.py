"""Third-party files are what their makers published, and every file a page names is there."""

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from partnerportal.apps import PortalStaticFiles
from tests.support.house import BASE_DIR, templates

# The integrity values that the Bootstrap project publishes for 5.3.3.
BOOTSTRAP = {
    "js-lib-bootstrap5/css/bootstrap.min.css": (
        "QWTKZyjpPEjISv5WaRU9OFeRpok6YctnYmDr5pNlyT2bRjXh0JMhjY6hW+ALEwIH"
    ),
    "js-lib-bootstrap5/js/bootstrap.bundle.min.js": (
        "YvpcrYf0tY3lHB60NNkmXc5s9fDVZLESaAA55NDzOxhy9GkcIdslK1eN7N6jIeHz"
    ),
}

OWN_FILES = [path for path in (BASE_DIR / "static").rglob("*") if path.is_file()]


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


def collected_names() -> set[str]:
    ignored = PortalStaticFiles.ignore_patterns
    return {name for finder in finders.get_finders() for name, _storage in finder.list(ignored)}


def test_every_file_of_a_package_that_is_collected_is_one_that_a_page_loads() -> None:
    own = {path.relative_to(BASE_DIR / "static").as_posix() for path in OWN_FILES}
    # The admin's pages name theirs in Python, by the fields that they show; htmx's by a tag.
    of_packages = {name for name in collected_names() - own if not name.startswith("admin/")}
    named = {name for template in templates() for name in static_names(template)}
    named |= {f"{name}.map" for name in named}
    exporting = {name for name in of_packages if name.startswith("import_export/")}
    assert of_packages - named - exporting == {
        "django_htmx/django-htmx.js",
        "django_htmx/htmx-2.min.js",
    }
    assert len(exporting) <= 5
