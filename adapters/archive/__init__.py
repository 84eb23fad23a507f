"""Backups on a disk: a folder that appears whole."""
