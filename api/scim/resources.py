"""What the door tells and takes of a user and a group: the schemas, cut to what the portal keeps.

What a client sends besides is ignored, as Entra and Okta expect; `SERVICE` announces the rest.
"""

from typing import Annotated

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    Filter,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.resource import AnyExtension

# The most of a page of a list.
MOST = 500


class Name(ComplexAttribute):
    family_name: str | None = None
    given_name: str | None = None


class Email(ComplexAttribute):
    value: str | None = None
    type: str | None = Field(None, examples=["work"])


class PhoneNumber(ComplexAttribute):
    value: str | None = None
    type: str | None = Field(None, examples=["work", "mobile", "fax"])


class Address(ComplexAttribute):
    street_address: str | None = None
    locality: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country: str | None = None
    type: str | None = Field(None, examples=["work"])


class User(Resource[AnyExtension]):
    """User account"""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    name: Name | None = None
    display_name: str | None = None
    title: str | None = None
    active: bool | None = None
    emails: list[Email] | None = None
    phone_numbers: list[PhoneNumber] | None = None
    addresses: list[Address] | None = None


class EnterpriseUser(Extension):
    """Enterprise user"""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")

    department: str | None = None


class PortalUser(Extension):
    """What the Partner Portal keeps besides"""

    __schema__ = URN("urn:ietf:params:scim:schemas:extension:partnerportal:2.0:User")

    usage_location: str | None = None


class GroupMember(ComplexAttribute):
    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.read_only] = Field(  # type: ignore[type-arg]
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


class Group(Resource):  # type: ignore[type-arg]
    """Users who have a license of one product"""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Mutability.read_only] = None
    # On demand alone: they may be all of the customer's users.
    members: Annotated[list[GroupMember] | None, Mutability.read_only, Returned.request] = None


SourcedUser = User[EnterpriseUser | PortalUser]

SERVICE = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Token of the source",
            description="A token that is made on the page of the source, as a bearer token.",
            primary=True,
        )
    ],
)

POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)

PROVIDER = ScimProvider(
    models=[User, Group, EnterpriseUser, PortalUser],
    resource_types=[
        ResourceType.from_resource(SourcedUser),
        ResourceType.from_resource(Group),
    ],
    config=SERVICE,
    policy=POLICY,
)
