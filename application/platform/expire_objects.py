"""Remove objects whose time is over, and what broke off."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from application.ports.clock import Clock
from application.ports.objects import Objects
from domain.objects.name import Bucket
from domain.objects.policy import INCOMING_KEPT, due


@frozen
class ExpireObjects:
    """Keeps the object store to its policy."""

    objects: Objects
    clock: Clock
    kept: Mapping[Bucket, int | None]
    """What replaces the policy's time of a bucket, microseconds; None: for ever."""

    def __call__(self) -> int:
        """Remove what is due; return how many. Raises ObjectsFailed: the next time goes on."""
        now, removed = self.clock.now().wall, 0
        for bucket in Bucket:
            # Put down before it begins to remove: a list that is changed while it is read may skip some.
            for name in [each.name for each in self.objects.list(bucket) if due(each.name, each.at, now, self.kept)]:
                self.objects.delete(name)
                removed += 1
        return removed + self.objects.sweep(now - INCOMING_KEPT)
