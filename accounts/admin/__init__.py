"""The back office: its doors (`site`), how rows are shown (`rows`), and what of accounts staff look after."""

from accounts.admin import access, errands, people
from accounts.admin.rows import LookOnly
from accounts.admin.site import back_office

__all__ = ["LookOnly", "access", "back_office", "errands", "people"]
