"""The machine's way to the platform: its HTTP API v1 (JSON; problem documents by RFC 9457) over httpx."""
