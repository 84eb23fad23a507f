"""The machine's journal on SQLite (https://sqlite.org/wal.html) through apsw, and what is kept beside it."""
