"""Calendars of providers, kept in step.

`stepping` is the one job: it holds a calendar's lease, reads what changed (`reading`) and writes what is planned
(`writing`). `providers` opens the door to an account, `quota` lets calls pass or wait.
"""
