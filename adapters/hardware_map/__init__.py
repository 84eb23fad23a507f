"""The hardware map: a TOML file that says which part of a machine hangs where, read once and checked whole."""
