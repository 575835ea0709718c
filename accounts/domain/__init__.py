"""Pure rules of accounts: no Django, no clock, no rows."""
