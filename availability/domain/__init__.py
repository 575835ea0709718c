"""Pure rules about free time: no Django, no clock, no I/O."""
