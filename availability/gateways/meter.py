"""Whoever counts the calls to a provider, and holds back those for which there is no quota."""

from typing import Protocol


class Meter(Protocol):
    def admit(self, kind: str) -> None:
        """Before a call. Raises `Slow` if it must wait."""
        ...

    def refused(self, kind: str) -> None:
        """The provider answered that it was asked too often."""
        ...
