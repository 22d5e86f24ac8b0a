"""Applications and tokens, as they are sent and told."""

from uuid import UUID

from pydantic import StrictBool

from .base import Kind, PageLinks, SelfLinks, Sent, Told


class TokenSelf(Told):
    """Who calls, with which rights, and how often in this minute."""

    user_principal_name: str
    display_name: str
    token: str
    permissions: list[str]
    customers: list[UUID] | None = None
    ends: str
    reads_this_minute: int
    writes_this_minute: int
    reads_per_minute: int
    writes_per_minute: int
    attributes: Kind


class Application(Told):
    id: UUID
    name: str
    start_url: str
    is_on: bool
    everyone: bool
    all_customers: bool
    customers: list[UUID]
    service_plans: list[UUID]
    client_id: str
    changed_date: str
    links: SelfLinks
    attributes: Kind


class Applications(Told):
    total_count: int
    items: list[Application]
    links: PageLinks | None = None
    attributes: Kind


class ChangedApplication(Sent):
    is_on: StrictBool


class ClientSecret(Told):
    client_id: str
    # In this answer, and never again.
    password: str | None = None


class NewApplication(Sent):
    """An application as its page has it; without redirect addresses no user signs in to it."""

    name: str
    start_url: str
    icon: str = "grid"
    everyone: StrictBool = False
    service_plans: list[UUID] = []
    all_customers: StrictBool = True
    customers: list[UUID] = []
    redirect_uris: list[str] = []
    post_logout_redirect_uris: list[str] = []
    logout_uri: str = ""
    is_public: StrictBool = False
    needs_pkce: StrictBool = True
    extra_claims: list[str] = []


class AddedApplication(Application):
    # The client secret, in this answer and never again; without one it is public.
    password: str | None = None
