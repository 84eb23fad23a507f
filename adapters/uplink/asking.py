"""Asking the platform over HTTP.

Every answer is distrusted: it has a bound in bytes and in time, and what is not of the agreed form counts as no
answer, for between a machine and its platform there may be anything (a hotel's log-in page, a broken proxy).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import httpx

from application.ports.uplink import Refused, Unreachable

T = TypeVar("T")

CONNECT_S = 2.0
"""Seconds to reach the platform."""
ANSWER_S = 4.0
"""Seconds to hear from it once it was reached; a batch of 100 entries takes it well below one."""
LONGEST_ANSWER = 256 * 1024
"""Bytes. A configuration with its price list is a few thousand."""

COME_BACK = frozenset({408, 425, 429})
"""Refusals that time mends; so does every answer from 500 on."""


class Asking:
    """One machine's questions. Safe to call from several threads."""

    def __init__(self, url: str, machine: str, api_key: str, transport: httpx.BaseTransport | None = None) -> None:
        """Take the platform's address, and what it gave the machine. Nothing is asked yet."""
        self._client = httpx.Client(
            base_url=f"{url.rstrip('/')}/api/v1/machines/{machine}/",
            headers={"Authorization": f"Bearer {api_key}", "Accept": "application/json"},
            timeout=httpx.Timeout(ANSWER_S, connect=CONNECT_S),
            follow_redirects=False,
            transport=transport,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, *, also: frozenset[int] = frozenset()
    ) -> dict[str, Any]:
        """Return the answer's JSON object. Raises Unreachable, Refused. `also` names statuses that are answers."""
        try:
            with self._client.stream(method, path, json=body) as response:
                content = _bounded(response)
        except httpx.HTTPError as broken:
            raise Unreachable(f"{path}: {type(broken).__name__}: {broken}") from broken
        status = response.status_code
        if status in COME_BACK or status >= 500 or 300 <= status < 400:
            raise Unreachable(f"{path}: status {status}")
        answer = _object(content, path)
        if status >= 400 and status not in also:
            raise Refused(f"{path}: status {status}: {named(answer)}")
        return answer


def understood(answer: dict[str, Any], reader: Callable[[dict[str, Any]], T]) -> T:
    """Return what `reader` reads of an answer. Raises Unreachable when it is not of the agreed form."""
    try:
        return reader(answer)
    except (KeyError, TypeError, ValueError, AttributeError) as odd:
        raise Unreachable(f"the answer has not the agreed form: {type(odd).__name__}: {odd}") from odd


def _bounded(response: httpx.Response) -> bytes:
    """Read the body. Raises Unreachable when it is longer, or takes longer, than any answer of ours."""
    deadline = time.monotonic() + ANSWER_S
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) > LONGEST_ANSWER:
            raise Unreachable(f"an answer of more than {LONGEST_ANSWER} bytes is not the platform's")
        if time.monotonic() > deadline:
            raise Unreachable(f"the answer was not there after {ANSWER_S} s")
    return bytes(content)


def _object(content: bytes, path: str) -> dict[str, Any]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError) as odd:
        raise Unreachable(f"{path}: the answer is no JSON") from odd
    if not isinstance(answer, dict):
        raise Unreachable(f"{path}: the answer is no JSON object")
    return answer


def named(problem: Mapping[str, Any]) -> str:
    """Name a problem document in a line."""
    return f"{problem.get('type', 'no type')}: {problem.get('detail') or problem.get('title') or ''}"[:300]
