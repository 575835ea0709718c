"""`python -m timeflow.fakes.google PORT`: serve with people in it until stopped; `script/run --fake-google` does."""

import os
import signal
import sys
import threading

from timeflow.fakes.google import Google, running_google
from timeflow.fakes.google.people import settle_in


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    clients = {os.environ["GOOGLE_CLIENT_ID"]: os.environ["GOOGLE_CLIENT_SECRET"]}
    with running_google(Google(clients), port=int(sys.argv[1])) as google:
        settle_in(google)
        stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
