"""Icons, which say nothing to a screen reader."""

from partnerportal.icons import drawn


def test_an_icon_is_hidden_and_as_high_as_was_asked() -> None:
    picture = drawn("download", height=14)
    assert picture.startswith('<svg aria-hidden="true"')
    assert 'height="14"' in picture
    assert picture.count("<svg") == 1
