"""How often somebody may ask, by scope: (requests, seconds) for each window.

docs/DEPLOYMENT.md says what counts where; a test compares.
"""

MINUTE, HOUR = 60, 3600
RATE_LIMITS = {
    "ip": [(300, MINUTE), (9_000, HOUR)],
    "auth": [(20, MINUTE), (300, HOUR)],
    "refresh": [(30, MINUTE), (600, HOUR)],
    "page": [(240, MINUTE), (6_000, HOUR)],
    "api": [(120, MINUTE), (3_000, HOUR)],
    "schedule": [(10, MINUTE), (60, HOUR)],
    "files": [(5, MINUTE), (30, HOUR)],
    "hook": [(3_000, MINUTE), (100_000, HOUR)],
    "look": [(10, MINUTE), (120, HOUR)],
}
