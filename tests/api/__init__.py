"""Tests of the HTTP API and its WebSockets, through real HTTP where it matters."""
