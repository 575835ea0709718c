"""Proof by walking: one property a file, each held by every route of TimeFlow.

A property is a check, a function that takes a route and the person who asks and returns what is wrong, each fault with
what to do about it. The walk asks it of all routes; `test_walks_can_fail.py` asks it of routes that lack their guard.
"""
