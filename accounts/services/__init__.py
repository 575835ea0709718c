"""Every change to a person and to what lets them in."""
