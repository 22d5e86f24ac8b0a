"""The page of the API: what there is to call, made of the document that scripts read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.views.generic import TemplateView

from customers.requests import PortalView

from ..v1.urls import described

_SHOWN_STATUS = (200, 201, 202, 204)


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a member of what is sent or told."""

    name: str
    kind: str
    about: str = ""
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One operation: how it is called and what it answers."""

    method: str
    path: str
    summary: str
    about: str
    id: str
    parameters: list[Field] = field(default_factory=list)
    sent: list[Field] = field(default_factory=list)
    told: list[Field] = field(default_factory=list)
    status: int = 200

    @property
    def parts(self) -> list[str]:
        """The path, cut where a narrow screen may break it: after its slashes."""
        return re.findall(r"/?[^/]+/?", self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """The calls of one resource."""

    name: str
    id: str
    calls: list[Call]


class ApiDocumentView(PortalView, TemplateView):
    """For everybody who is signed in: there is nothing in it of anybody."""

    template_name = "api/document.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "groups": groups_of(described()),
            "base": f"{settings.OIDC_ISSUER}/v1",
            "limits": settings.API_LIMITS,
            "section": "api",
        }


def groups_of(document: Mapping[str, Any]) -> list[Group]:
    """Return the calls of the document by their first tag, in its order."""
    found: dict[str, list[Call]] = {}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            tag = operation.get("tags", [""])[0]
            call = _call(document, method.upper(), path, operation)
            found.setdefault(tag, []).append(call)
    return [
        Group(tag, f"group-{number}", calls)
        for number, (tag, calls) in enumerate(found.items(), start=1)
    ]


def _call(document: Mapping[str, Any], method: str, path: str, operation: Any) -> Call:
    parameters = [
        Field(
            each["name"],
            _kind(document, each["schema"]),
            each.get("description", "") or each["schema"].get("description", ""),
            is_needed=each.get("required", False),
        )
        for each in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    # By number, as ninja has them before they are JSON.
    answers = {int(code): answer for code, answer in operation["responses"].items()}
    status = next(code for code in _SHOWN_STATUS if code in answers)
    answer = answers[status].get("content", {}).get("application/json", {})
    return Call(
        method,
        path,
        operation["summary"],
        operation.get("description", ""),
        operation["operationId"],
        parameters,
        list(_members(document, body.get("schema", {}))),
        list(_members(document, answer.get("schema", {}))),
        status,
    )


def _members(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Field]:
    schema = _resolved(document, schema)
    needed = set(schema.get("required", ()))
    for name, member in schema.get("properties", {}).items():
        about = member.get("description", "")
        yield Field(name, _kind(document, member), about, is_needed=name in needed)


def _kind(document: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Return the type of a value in a word or two, such as `string` or `list of CustomerUser`."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        kinds = [_kind(document, each) for each in schema["anyOf"]]
        return " or ".join(kind for kind in kinds if kind != "null")
    if "enum" in schema:
        return ", ".join(str(value) or '""' for value in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(document, schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "value"))


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Mapping[str, Any] = document["components"]["schemas"][
        str(schema["$ref"]).rpartition("/")[2]
    ]
    return found
