"""What comes in and what goes out, kept apart."""
