"""The table of all codes of refusals: `python -m tests.refusals` writes docs/refusals.md."""

import os
from itertools import groupby

from tests.support.house import BASE_DIR

FILE = BASE_DIR / "docs" / "refusals.md"
COMMAND = "python -m tests.refusals"
HEAD = f"""# Refusals

What the rules do not allow is said in a sentence, with the name of the input where there is one,
and with a code: the sentence is for people and may change, the code is for programs and
stays.
A door that answers over HTTP gives the status given here (`Refused.status`). What a
user may not see at all is no refusal, but a plain 404; without the role for a page, 403.

Written by `{COMMAND}` from the `refusals.py` of each app; a test compares.
"""
SAYS = {
    401: "no user is known to ask, or no longer",
    403: "the acting user may not do this; asking again changes nothing",
    404: "what it is about is gone",
    409: "possible at another time, or for what is there now: look again",
    422: "what was sent is wrong; the field says where",
    429: "too often; ask again later",
    503: "no one's fault; ask again in a moment",
}


def table() -> str:
    from customers.refusals import declared

    rows = sorted((status, code, meaning) for code, (status, meaning) in declared().items())
    parts = [HEAD]
    for status, some in groupby(rows, key=lambda row: row[0]):
        lines = [f"| `{code}` | {meaning} |" for _status, code, meaning in some]
        head = f"## {int(status)}: {SAYS[status]}"
        parts.append("\n".join([head, "", "| code | means |", "|---|---|", *lines, ""]))
    return "\n".join(parts)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    FILE.write_text(table())


if __name__ == "__main__":
    main()
