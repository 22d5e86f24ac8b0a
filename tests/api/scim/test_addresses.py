from uuid import UUID

from api.scim.addresses import address_of


def test_a_source_is_told_the_address_of_its_customer() -> None:
    uuid = UUID("0a7b3d52-9c1e-4f7d-8a55-2f6f7c1f9e10")
    assert address_of(uuid) == f"/scim/{uuid}/v2"
