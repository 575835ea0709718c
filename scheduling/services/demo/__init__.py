"""The demo person: Maya Lind, whose fortnight shows what TimeFlow does with a real one."""

from scheduling.services.demo.fortnight import EMAIL
from scheduling.services.demo.seeding import seed_demo

__all__ = ["EMAIL", "seed_demo"]
