#!/usr/bin/env python
"""Django's command line for TimeFlow."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeflow.settings")
    from django.core.management import execute_from_command_line

    from timeflow.lib.databases import reaching_it

    if sys.argv[1:2] == ["make_keys"] and not any(word.startswith("--r") for word in sys.argv):
        # A public installation refuses to start without secrets; this is how it gets them.
        os.environ.pop("PUBLIC_URL", None)
    with reaching_it():
        execute_from_command_line(sys.argv)
