from django.conf import settings

from applications.oidc.addresses import address_of, metadata


def test_addresses_are_below_the_issuers() -> None:
    assert address_of("token") == f"{settings.OIDC_ISSUER}/oidc/token"


def test_nothing_is_promised_twice_or_empty() -> None:
    for name, value in metadata().items():
        if isinstance(value, list | tuple):
            assert value, name
            assert len(set(value)) == len(value), name
