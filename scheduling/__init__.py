"""Scheduling: what a person does when. Tasks, habits, plans and the engine."""
