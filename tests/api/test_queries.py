"""Users as a source sees them."""

from api.models import ScimLink
from api.queries import number_of, owned_by_sources, users_of, version_of
from tests.api.tokens import source_of
from tests.factories import ScimLinkFactory, UserFactory
from tests.support.cast import Cast


def test_a_source_sees_its_own_and_with_leave_who_is_nobodys(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    other = source_of(cast.contoso, cast.gail, name="Other")
    own, others, gone = UserFactory.create_batch(3, customer=cast.contoso)
    ScimLinkFactory.create(source=source, user=own)
    ScimLinkFactory.create(source=other, user=others)
    ScimLinkFactory.create(source=source, user=gone)
    type(gone).objects.filter(pk=gone.pk).update(
        deleted_at=gone.added_at, purge_after=gone.added_at, username=None, domain=None
    )
    assert set(users_of(source)) == {own}
    assert number_of(source) == 1
    source.takes_over = True
    assert set(users_of(source)) == {own, cast.gail, cast.uma}
    assert number_of(source) == 3


def test_it_owns_the_fields_of_its_link(cast: Cast) -> None:
    source = source_of(cast.contoso, cast.gail)
    ScimLinkFactory.create(source=source, user=cast.uma, fields=["title"])
    ScimLinkFactory.create(source=source, user=cast.gail, fields=[])
    [(pk, owned)] = owned_by_sources([cast.uma.pk, cast.gail.pk]).items()
    assert (pk, owned.by, owned.actor_id) == (cast.uma.pk, "Personio", source.user_id)
    assert owned.fields == {"title"}


def test_a_version_is_of_the_moment_and_of_the_link(cast: Cast) -> None:
    first = version_of(cast.uma, None)
    assert first.startswith('W/"')
    assert version_of(cast.uma, ScimLink(version=2)) != version_of(cast.uma, ScimLink(version=3))
