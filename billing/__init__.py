"""Billing: what a person pays for. Owns tiers and entitlements; nothing is sold yet, so it is empty."""
