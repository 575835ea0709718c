"""Availability: when a person is free. Calendars, events and working hours."""
