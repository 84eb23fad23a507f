"""People: accounts, roles, and how long somebody stays signed in."""
