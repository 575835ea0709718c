"""Accounts: who a person is."""
