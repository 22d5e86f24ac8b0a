#!/usr/bin/env python
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnerportal.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from partnerportal.serving.start import be_a_command

    be_a_command(sys.argv[1] if len(sys.argv) > 1 else "", os.environ)
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problems:
        # Whoever types a command reads what is wrong, without a page of Python.
        sys.exit(str(problems))


if __name__ == "__main__":
    main()
