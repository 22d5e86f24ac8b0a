"""The storage by itself; the door's tests ask all of it."""

import pytest
from scim2_models import NotFoundException, PreconditionFailedException, SearchRequest

from api.scim.resources import PROVIDER
from api.scim.storage import SourceStorage
from tests.api.scim.calling import caller_of
from tests.support.cast import Cast

USERS = PROVIDER.resource_types[0]


def test_it_reads_lists_and_takes_away_what_it_was_given(cast: Cast) -> None:
    call = caller_of(cast.contoso, cast.gail)
    made = call.create(title="Boss")
    storage = SourceStorage(call.source)
    with PROVIDER:
        found = storage.get(USERS, made["id"])
        assert storage.owned == {"user_name", "job_title"}
        page = storage.search([USERS], SearchRequest())
        assert (page.total, [one.id for one in page.resources]) == (1, [found.id])
        with pytest.raises(PreconditionFailedException):
            storage.delete(USERS, made["id"], expected_version='W/"0"')
        storage.delete(USERS, made["id"])
        for wrong in (made["id"], "nothing"):
            with pytest.raises(NotFoundException):
                storage.get(USERS, wrong)
