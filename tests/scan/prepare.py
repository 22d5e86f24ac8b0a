"""Fills the database of the target, and prints the addresses of all pages as JSON."""

import io
import json

import django

if __name__ == "__main__":
    django.setup()
    from allauth.mfa.models import Authenticator
    from django.core.management import call_command

    from tests.support.pages import GAIL, pages

    call_command("migrate", verbosity=0, interactive=False)
    # Few are enough: every page is there, and no list is longer than a page.
    call_command("demo", "--customers", "4", "--users", "120", stdout=io.StringIO())
    addresses: dict[str, list[str]] = {}
    listed = pages()
    # Some pages show who has a second step: the scanner knows a password and no more.
    Authenticator.objects.filter(user__username=GAIL).delete()
    for page in listed:
        addresses.setdefault(page.who, []).append(page.url)
    print(json.dumps(addresses))
