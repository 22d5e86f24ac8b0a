"""How things look on the way out."""

from datetime import UTC, date, datetime, timedelta, timezone

from api.v1.answers import day, kind, link, moment, whole


def test_moments_are_in_utc_with_three_digits() -> None:
    at = datetime(2027, 3, 1, 1, 30, 5, 123_456, tzinfo=timezone(timedelta(hours=2)))
    assert moment(at) == "2027-02-28T23:30:05.123Z"
    assert moment(datetime(2027, 3, 1, tzinfo=UTC)) == "2027-03-01T00:00:00.000Z"
    assert moment(None) is None
    assert day(date(2027, 3, 1)) == "2027-03-01T00:00:00Z"


def test_a_kind_has_an_etag_where_there_is_one() -> None:
    assert kind("Customer") == {"objectType": "Customer"}
    assert kind("Customer", etag="a") == {"objectType": "Customer", "etag": "a"}


def test_a_link_says_with_which_header_it_is_followed() -> None:
    assert link("/customers")["headers"] == []
    [header] = link("/customers", token="t")["headers"]
    assert header == {"key": "MS-ContinuationToken", "value": "t"}


def test_a_collection_without_pages() -> None:
    told = whole([{"id": 1}], "/products")
    assert told["totalCount"] == 1
    assert told["links"]["self"]["uri"] == "/products"
