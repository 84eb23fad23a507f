"""What the body tells: rules that turn raw readings over time into named findings. One rule, one file.

The laws:
1. A rule is a fold: what it knows is one frozen value, and a new reading gives the next. It asks nobody and keeps no
   time: each reading says when it was made, in microseconds that never go back.
2. A rule says what it finds, never what is to be done: that stands in `domain.deposits.intake`.
3. A finding is a level, true until its rule takes it back. `watch` puts the rules together.
"""
