"""Backups: taken while the platform works, checked to the last byte, brought back whole."""
