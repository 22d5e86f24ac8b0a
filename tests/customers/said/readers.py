"""What the portal stored in German, as others read it in English and French."""

from collections.abc import Callable
from html import unescape

from django.utils import translation
from django.utils.translation import gettext

from accounts.models import User
from tests.support.access import read_out, signed_in

ALL = ("en", "fr", "de")


def in_language(language: str, text: str, **facts: object) -> str:
    """Return a text of the catalogs, filled in."""
    with translation.override(language):
        return gettext(text) % facts if facts else gettext(text)


def body_for(user: User, language: str, address: str) -> str:
    """Return a page, or a file, as this user has it in this language."""
    User.objects.filter(pk=user.pk).update(language=language)
    response = signed_in(user).get(address)
    assert response.status_code == 200, address
    return read_out(response).decode()


def check_retold(read: Callable[[str], str], text: str, **facts: object) -> None:
    """Fail where a sentence that was stored in German is not read in the reader's language."""
    told = {language: one_line(in_language(language, text, **facts)) for language in ALL}
    assert len(set(told.values())) == len(ALL)
    for language in ALL:
        found = one_line(read(language))
        # Not asserted as it is: a page would be written out whole.
        seen = {each for each, wanted in told.items() if wanted in found}
        assert seen == {language}, (told[language], seen)


def one_line(text: str) -> str:
    """Return the text with plain spaces: a mail and a page break lines where they like."""
    return " ".join(unescape(text).split())
