"""The only places that talk to somebody else's servers."""
