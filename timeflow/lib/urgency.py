"""How soon background work is taken up: queues, from the most urgent to the least.

Workers on Redis take from the first that holds something, in the order of the alphabet, which is the only one that the
broker's client keeps. The file broker asks them in turn.
"""

ASKED = "asked"
"""A person looks on."""
DEFAULT = "default"
"""What follows from a change, letters, and sweepers."""
LATER = "later"
"""What nobody waits for."""
QUEUES = (ASKED, DEFAULT, LATER)
