"""What an installation must not be started with, and what is to be watched: Django's system checks, one file a subject.

An error is for what does not go away by itself: the process does not start. A warning is for the rest. Those that ask
a server are tagged as Django's checks of databases are, and run with `check --database default` and `migrate`; web
processes, workers and beat run what is tagged `START` before they begin.
"""

START = "start"
