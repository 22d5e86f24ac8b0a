"""A page that tests look at: its address, and who sees it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse


@dataclass(frozen=True)
class PageOf:
    """A page as a user sees it; `who` is a user name, or "" for a stranger."""

    name: str
    url: str
    who: str = "alice@fabrikam.example"
    variant: str = ""

    @property
    def slug(self) -> str:
        return "-".join(filter(None, (self.name.replace(":", "-"), self.variant)))

    @property
    def status(self) -> int:
        return {"not found": 404, "forbidden": 403}.get(self.name, 200)


def url(name: str, kwargs: dict[str, Any] | None = None, **query: object) -> str:
    text = urlencode(query, doseq=True)
    return reverse(name, kwargs=kwargs) + (f"?{text}" if text else "")
