"""Calendars on CalDAV servers (Fastmail, iCloud, Nextcloud, radicale), asked through the guarded session."""

from availability.gateways.caldav.account import CalDavAccount

__all__ = ["CalDavAccount"]
