"""The names inside a compose network: a DNS server on this computer that knows one name (RFC 1035)."""

import socket
import struct
import threading

A, IN = 1, 1
TTL = 1
FOUND, POINTER = 0x8180, 0xC00C
"""An answer, recursion as asked, no error; a pointer to the name in the question."""


class Names:
    """Answers for `name` with the addresses that there are when it is asked; for anything else with none."""

    def __init__(self, name, addresses):
        self._addresses = addresses
        self._name = name.encode()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))

    @property
    def port(self):
        return self._socket.getsockname()[1]

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as knock:
            knock.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self):
        while True:
            question, caller = self._socket.recvfrom(512)
            if not question:
                return
            self._socket.sendto(self._answer(question), caller)

    def _answer(self, question):
        length = question[12]
        first, end = question[13 : 13 + length], question.index(b"\0", 12) + 1
        (kind,) = struct.unpack("!H", question[end : end + 2])
        found = self._addresses() if first == self._name and kind == A else []
        head = question[:2] + struct.pack("!HHHHH", FOUND, 1, len(found), 0, 0)
        records = [
            struct.pack("!HHHIH", POINTER, A, IN, TTL, 4) + socket.inet_aton(address) for address in found
        ]  # fmt: skip
        return head + question[12 : end + 4] + b"".join(records)
