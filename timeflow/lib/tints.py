"""The eight hues of tokens.css by name, 1 to 8: for calendars, habits and labels."""

TINTS = list(enumerate(("Blue", "Clay", "Violet", "Rose", "Sea", "Green", "Straw", "Grey"), 1))
