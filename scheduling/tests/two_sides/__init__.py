"""A week of somebody who works on both sides, here and in a calendar elsewhere, while much goes wrong in between."""
