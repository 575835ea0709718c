"""Every change to calendars, events and working hours."""
