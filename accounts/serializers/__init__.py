"""What accounts accept from programs and tell them."""
