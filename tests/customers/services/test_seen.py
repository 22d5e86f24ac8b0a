from customers.services.seen import clash_of, text_of_several


def test_the_first_field_that_is_another_than_was_seen() -> None:
    now = {"name": "Contoso", "country": "SE", "note": "Weekdays\n8 to 17"}
    assert clash_of(now, {"name": "Contoso", "country": "NO", "note": ""}) == "country"
    assert clash_of(now, {"note": "Weekdays\r\n8 to 17", "country": "SE"}) == ""
    assert clash_of(now, {}) == ""


def test_values_without_an_order_are_one_text() -> None:
    assert text_of_several([3, 12]) == text_of_several([12, 3]) == "12|3"
    assert text_of_several([]) == ""
