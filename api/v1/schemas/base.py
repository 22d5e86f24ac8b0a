"""What the document says of bodies and answers. Names are Partner Center's, where it has the same.

Sent names may be in any case, as Partner Center's clients differ in it. Answers are written by hand
in the modules of the resources, for speed; that they are as told here, the tests see to.
"""

from typing import Any

from ninja import Schema
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel


class Told(Schema):
    """A part of an answer."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Sent(BaseModel):
    """A part of a request: names in any case; what is not known is left alone."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def in_any_case(cls, told: Any) -> Any:
        if not isinstance(told, dict):
            return told
        known = {
            (field.alias or name).lower(): field.alias or name
            for name, field in cls.model_fields.items()
        }
        return {known.get(str(name).lower(), name): value for name, value in told.items()}


class Kind(Told):
    object_type: str
    etag: str | None = None


class Header(Told):
    key: str
    value: str


class Link(Told):
    uri: str
    method: str
    headers: list[Header]


class SelfLinks(Told):
    # A key called `self` needs an alias.
    self_: Link = Field(alias="self")


class PageLinks(SelfLinks):
    next: Link | None = None
    previous: Link | None = None


class Problem(Told):
    """A refusal. `code` is a number that scripts know, `refusal` one of our codes."""

    code: int
    description: str
    data: list[str]
    source: str
    refusal: str | None = None
    field: str | None = None


class TooOften(Told):
    status_code: int
    message: str


class PageQuery(Told):
    """A page; the header MS-ContinuationToken goes on from the one before."""

    size: int | None = Field(None, ge=0, description="Up to 500; none or 0: 100.")
    seek_operation: str = Field("First", description="First, Next, Previous or Last.")


class FilterQuery(PageQuery):
    filter: str = Field("", description='JSON: {"Field": …, "Value": …, "Operator": …}')


class UsersQuery(FilterQuery):
    search: str = ""
    sort_field: str = Field("", description="DisplayName, UserPrincipalName or CreatedDate.")
    sort_direction: str = Field("ascending", description="ascending or descending.")


class RecordsQuery(FilterQuery):
    start_date: str = Field("", description="A day such as 2027-01-31; 30 days ago by default.")
    end_date: str = Field("", description="The last day; today by default.")


class GroupQuery(Told):
    license_group_ids: str = Field("", description="Group1, the only one that there is.")


class DeleteQuery(Told):
    permanent: bool = False


class SentReason(Sent):
    reason: str = ""
