"""What a backup of the platform is: its manifest, and what may be amiss with it."""
