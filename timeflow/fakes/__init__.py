"""Loopback stand-ins for outside services, for development and tests. They import no app, and no app imports them."""
