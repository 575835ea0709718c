"""Calendars outside: one door for all providers (`provider`), how it fails (`faults`), and each provider behind it."""
