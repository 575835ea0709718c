"""Reads about tasks, habits, blocks and plans, always one person's."""
