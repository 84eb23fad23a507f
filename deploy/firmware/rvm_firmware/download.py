"""New firmware on its way in: kept by a store, in order, checked as a whole."""

import hashlib
import struct

OK, BAD_ARGUMENT, BUSY, BAD_IMAGE = 0, 4, 5, 8
BEGIN, DATA, COMMIT = 0x50, 0x51, 0x52
LARGEST = 262144


class Download:
    """What came so far. `store` has begin(), append(bytes) and commit()."""

    def __init__(self, store):
        self._store = store
        self._hash = None
        self._size = self._came = 0
        self._wanted = b""
        self.committed = False

    def take(self, number, arguments):
        """Take an update command; return its status."""
        if number == BEGIN:
            return self._begin(arguments)
        if number == DATA:
            return self._data(arguments)
        return self._commit(arguments)

    def _begin(self, arguments):
        if len(arguments) != 36:
            return BAD_ARGUMENT
        (size,) = struct.unpack_from("<I", arguments)
        if not 1 <= size <= LARGEST:
            return BAD_ARGUMENT
        self._size, self._came, self._wanted = size, 0, bytes(arguments[4:])
        self._hash = hashlib.sha256()
        self._store.begin()
        return OK

    def _data(self, arguments):
        if not 5 <= len(arguments) <= 60:
            return BAD_ARGUMENT
        (offset,) = struct.unpack_from("<I", arguments)
        data = bytes(arguments[4:])
        if self._hash is None or offset != self._came or offset + len(data) > self._size:
            return BAD_IMAGE
        self._store.append(data)
        self._hash.update(data)
        self._came += len(data)
        return OK

    def _commit(self, arguments):
        if len(arguments):
            return BAD_ARGUMENT
        hashed, self._hash = self._hash, None
        if hashed is None or self._came != self._size or hashed.digest() != self._wanted:
            return BAD_IMAGE
        if not self._store.commit():
            return BAD_IMAGE
        self.committed = True
        return OK
