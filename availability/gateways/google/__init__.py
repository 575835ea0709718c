"""Google Calendar: its HTTP doors (`account`), and its events as iCalendar text (`events`)."""

from availability.gateways.google.account import GoogleAccount

__all__ = ["GoogleAccount"]
