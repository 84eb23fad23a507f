"""A finger and eyes at the kiosk's glass, for people who play by themselves: what is shown, and what can be pressed."""

from __future__ import annotations

import json
import threading
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from simulators.rig.line import LineDown

AGAIN_S = 0.2
"""Between two attempts to look at a dark glass."""
OPEN_S = 2.0


class Glass:
    """The page of one kiosk. Safe to use from any thread."""

    def __init__(self, kiosk: str) -> None:
        """`kiosk` is HOST:PORT. Look at it until closed."""
        self._address = f"ws://{kiosk}/live"
        self._guard = threading.Lock()
        self._connection: ClientConnection | None = None
        self._view: dict[str, Any] | None = None
        self._views = 0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._look, name="glass", daemon=True)
        self._thread.start()

    @property
    def shown(self) -> tuple[dict[str, Any] | None, int]:
        """What was shown last, also when the glass has gone dark since, and how many views there were."""
        with self._guard:
            return self._view, self._views

    def press(self, button: str) -> None:
        """Touch a button. Raises LineDown when the glass is dark."""
        with self._guard:
            connection = self._connection
        if connection is None:
            raise LineDown("the screen is dark")
        try:
            connection.send(json.dumps({"press": button}))
        except WebSocketException as gone:
            raise LineDown(f"the screen went dark: {gone}") from gone

    def close(self) -> None:
        """Look away."""
        self._closed.set()
        with self._guard:
            connection = self._connection
        if connection is not None:
            connection.close()
        self._thread.join(OPEN_S)

    def _look(self) -> None:
        while not self._closed.is_set():
            try:
                with connect(self._address, open_timeout=OPEN_S, close_timeout=OPEN_S, proxy=None) as connection:
                    self._hold(connection)
                    for told in connection:
                        self._saw(json.loads(told)["view"])
            except (OSError, WebSocketException):
                pass  # dark; it is looked at again
            self._hold(None)
            self._closed.wait(AGAIN_S)

    def _hold(self, connection: ClientConnection | None) -> None:
        with self._guard:
            self._connection = connection

    def _saw(self, view: dict[str, Any] | None) -> None:
        if view is not None:
            with self._guard:
                self._view, self._views = view, self._views + 1
