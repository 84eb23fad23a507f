"""All tables, in one metadata. Every row that somebody owns names the organisation that it belongs to."""

from adapters.sql.tables import care, checkpoints, fleet, jobs, keeping, people, points, recorded, sessions
from adapters.sql.tables.metadata import METADATA

__all__ = ["METADATA", "care", "checkpoints", "fleet", "jobs", "keeping", "people", "points", "recorded", "sessions"]
