"""Fills the database of the target, and prints the addresses of all pages as JSON."""

import io
import json

import django

if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command

    from tests.pages import pages

    call_command("migrate", verbosity=0, interactive=False)
    # Few are enough: every page is there, and no list is longer than a page.
    call_command("demo", "--customers", "4", "--users", "120", stdout=io.StringIO())
    addresses: dict[str, list[str]] = {}
    for page in pages():
        addresses.setdefault(page.who, []).append(page.url)
    print(json.dumps(addresses))
