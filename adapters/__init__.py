"""One package per outside thing; none knows another."""
