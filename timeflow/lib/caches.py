"""Django's caches, with their hits and misses counted."""

from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

from timeflow.lib.metrics import CACHE_READS

_NOTHING = object()


class Counted(BaseCache):
    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = super().get(key, _NOTHING, version=version)
        CACHE_READS.labels("miss" if found is _NOTHING else "hit").inc()
        return default if found is _NOTHING else found


class CountedRedis(Counted, RedisCache):
    pass


class CountedMemory(Counted, LocMemCache):
    pass
