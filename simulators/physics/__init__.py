"""Physical models, pure and seeded, in virtual time: they serve pins, the serial line and simulations alike.

They give edges, echoes and currents, never events of the intake: what happened is for the machine to find out.
"""
