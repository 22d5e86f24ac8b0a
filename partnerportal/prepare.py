"""Brings the database up to date and fills an empty one: `python -m partnerportal.prepare FILE`.

The demo's sign-ins go into that file, readable by its owner alone.
"""

import io
import os
import sys
from pathlib import Path

import django
from django.contrib.auth import get_user_model
from django.core.management import call_command


def prepare(sign_ins: Path) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    if get_user_model().objects.exists():
        return
    print("Filling the empty database with demo data", flush=True)
    output = io.StringIO()
    call_command("demo", stdout=output)
    # What was done is said once, who can sign in at every start.
    done, _, who = output.getvalue().rpartition("\n\n")
    print(done, flush=True)
    with os.fdopen(os.open(sign_ins, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(who)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")
    django.setup()
    prepare(Path(sys.argv[1]))
