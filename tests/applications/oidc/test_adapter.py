"""What allauth asks of the project."""

import pytest
from django.conf import settings

from applications.oidc.adapter import Adapter
from tests.applications.oidc.relying import RelyingParty
from tests.support.cast import Cast


def test_ids_and_secrets_need_no_encoding() -> None:
    adapter = Adapter()
    for make, length in ((adapter.generate_client_id, 32), (adapter.generate_client_secret, 48)):
        one, other = make(), make()
        assert one != other
        assert (one.isalnum(), one.isascii(), len(one)) == (True, True, length)


def test_a_request_does_not_choose_the_issuer() -> None:
    assert Adapter().get_issuer() == settings.OIDC_ISSUER


@pytest.mark.django_db
def test_a_subject_says_nothing_and_leads_to_nobody(cast: Cast, chat: RelyingParty) -> None:
    client, adapter = chat.client, Adapter()
    assert adapter.get_user_sub(client, cast.uma) == str(cast.uma.uuid)
    assert adapter.get_user_by_sub(client, str(cast.uma.pk)) is None
