"""TimeFlow's project package: wiring only."""
