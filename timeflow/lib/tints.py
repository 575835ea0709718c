"""The eight hues of tokens.css by name, 1 to 8: for calendars, habits and labels."""

TINT_NAMES = ("Blue", "Clay", "Violet", "Rose", "Sea", "Green", "Straw", "Grey")
TINTS = list(enumerate(TINT_NAMES, 1))
