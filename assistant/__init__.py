"""Assistant: talking to TimeFlow. Owns conversations; nothing is spoken yet, so it is empty."""
