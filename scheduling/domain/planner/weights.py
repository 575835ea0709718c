"""The weights of the cost, in one place."""

WEIGHT_OF_PRIORITY = {1: 8, 2: 4, 3: 2, 4: 1}
NOT_PLACED = 10_080
EXTRA_BLOCK = 90
OUTSIDE_PREFERRED = 120
CHANGED = 60
