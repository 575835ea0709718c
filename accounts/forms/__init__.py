"""What accounts accept from pages."""
