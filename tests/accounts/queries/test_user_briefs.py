"""Users in few columns, for actions on very many."""

from pytest_django import DjangoAssertNumQueries

from accounts.queries.user_briefs import briefs_of
from customers.roles import Role
from tests.accounts.verbs import delete
from tests.factories import UserFactory
from tests.support.cast import Cast


def test_a_brief_says_the_same_as_the_user(cast: Cast) -> None:
    found = briefs_of([cast.gail.pk, cast.uma.pk], cast.contoso)
    gail, uma = found[cast.gail.pk], found[cast.uma.pk]
    assert (gail.display_name, gail.user_name) == ("Gail", "gail@contoso.example")
    assert (gail.roles, gail.is_administrator) == ((Role.GLOBAL_ADMIN,), True)
    assert (uma.roles, uma.is_administrator, uma.usage_location) == ((), False, "US")
    assert (uma.blocked_at, uma.deleted_at, uma.deleter) == (None, None, "")


def test_a_deleted_user_is_there_with_who_did_it(cast: Cast) -> None:
    delete(cast, cast.uma)
    brief = briefs_of([cast.uma.pk], cast.contoso)[cast.uma.pk]
    assert brief.deleter == "Alice"
    assert brief.deleted_at is not None
    assert brief.purge_after is not None
    assert brief.purge_after > brief.deleted_at


def test_users_of_another_customer_are_left_out(cast: Cast) -> None:
    stranger = UserFactory.create(customer=cast.northwind)
    assert list(briefs_of([stranger.pk, cast.uma.pk, 0], cast.contoso)) == [cast.uma.pk]
    assert briefs_of([], cast.contoso) == {}


def test_one_query_for_all(cast: Cast, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    users = UserFactory.create_batch(5, customer=cast.contoso, roles=[Role.USER_ADMIN])
    with django_assert_num_queries(1):
        found = briefs_of([user.pk for user in users], cast.contoso)
        assert all(brief.is_administrator for brief in found.values())
    assert len(found) == 5
