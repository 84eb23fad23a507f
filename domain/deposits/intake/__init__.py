"""The machine's cycle as a sans-IO state machine: events go in, effects come out, nothing is touched.

Start with `events` and `effects`, then `reducer`; the three tables are `visit_table`, `item_table`, `health_table`.
"""
