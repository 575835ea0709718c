"""Reads about a person."""
