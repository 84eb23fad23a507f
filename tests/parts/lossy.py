"""A wire to Redis that loses a share of the messages that are published, and nothing else."""

import contextlib
import random
import socket
import threading

MESSAGE = b"*3\r\n$7\r\nmessage\r\n"


class LossyWire:
    """Carries connections to a port of this computer. `loses` is the share of messages that never arrive."""

    def __init__(self, port, seed):
        self._target = ("127.0.0.1", port)
        self._chance = random.Random(seed)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = []
        self.loses = 0.0
        self.lost = self.carried = 0
        print(f"lossy wire: seed {seed}")

    @property
    def url(self):
        return f"redis://127.0.0.1:{self._listening.getsockname()[1]}/0"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        for one in [self._listening, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        print(f"lossy wire: {self.lost} messages lost, {self.carried} carried")

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                try:
                    server = socket.create_connection(self._target)
                except OSError:
                    client.close()
                    continue
                self._open += [client, server]
                threading.Thread(target=self._pump, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pump, args=(server, client, True), daemon=True).start()

    def _pump(self, source, target, answers):
        buffer = b""
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                if not answers:
                    target.sendall(piece)
                    continue
                buffer += piece
                while (end := _end(buffer, 0)) is not None:
                    reply, buffer = buffer[:end], buffer[end:]
                    if not (reply.startswith(MESSAGE) and self._drops()):
                        target.sendall(reply)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _drops(self):
        if self._chance.random() < self.loses:
            self.lost += 1
            return True
        self.carried += 1
        return False


def _end(buffer, start):
    """Where the reply (RESP 2) that begins at `start` ends; None while it is not all there."""
    line = buffer.find(b"\r\n", start)
    if line < 0:
        return None
    kind, head, end = buffer[start : start + 1], buffer[start + 1 : line], line + 2
    if kind in b"+-:":
        return end
    count = int(head)
    if kind == b"$":
        end += count + 2 if count >= 0 else 0
        return end if len(buffer) >= end else None
    for _ in range(max(0, count)):
        end = _end(buffer, end)
        if end is None:
            return None
    return end
