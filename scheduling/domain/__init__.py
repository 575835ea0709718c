"""Pure planning rules: no Django, no clock, no I/O."""
