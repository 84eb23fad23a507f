"""The whole fleet in virtual time: the real rules and the real runners, on simulated bodies, among simulated people."""
