"""Picture stores and their uplinks with a mistake each: the contract suites must find it."""

from application.ports.pictures import PictureNotKept
from simulators.pictures import SimulatedPictures, SimulatedPictureUplink


class Losing(SimulatedPictures):
    """Every other picture is said to be kept, and is not there when the store is opened again."""

    _count = 0

    def __init__(self, disk):
        super().__init__(disk)
        for sha256 in getattr(disk, "unsynced", ()):
            disk.pictures.pop(sha256, None)
        disk.unsynced = []

    def keep(self, sha256, picture):
        super().keep(sha256, picture)
        self._count += 1
        if self._count % 2 == 0:
            self._disk.unsynced.append(sha256)


class Doubling(SimulatedPictures):
    """Names a picture as often as it was given."""

    def __init__(self, disk):
        super().__init__(disk)
        self._given = []

    def keep(self, sha256, picture):
        super().keep(sha256, picture)
        self._given.append(sha256)

    def kept(self):
        return tuple(one for one in super().kept() for _ in range(max(1, self._given.count(one.sha256))))


class NotWhole(SimulatedPictures):
    """Leaves the half of a picture for which there was no room."""

    def keep(self, sha256, picture):
        try:
            super().keep(sha256, picture)
        except PictureNotKept:
            self._disk.pictures[sha256] = picture[: len(picture) // 2]
            raise


BROKEN = (Losing, Doubling, NotWhole)


class LosingUplink(SimulatedPictureUplink):
    """Says that a picture is there, and brought half of it."""

    def upload(self, ticket, picture):
        super().upload(ticket, picture)
        self.incoming[ticket.url] = picture[: len(picture) // 2]

    def sent(self, item):
        self._journalled(item)


class DoublingUplink(SimulatedPictureUplink):
    """Has a picture that the platform holds sent again."""

    def offer(self, item, size, media_type):
        kept, self.kept = self.kept, {}
        try:
            return super().offer(item, size, media_type)
        finally:
            self.kept = kept


class BelievingUplink(SimulatedPictureUplink):
    """Keeps whatever came, without looking at the journal's hash."""

    def sent(self, item):
        self._journalled(item)
        picture = self.incoming.pop(item, None)
        if picture is not None:
            self.kept[item] = picture
        elif item not in self.kept:
            super().sent(item)


BROKEN_UPLINKS = (LosingUplink, DoublingUplink, BelievingUplink)
