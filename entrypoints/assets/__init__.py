"""What every screen shares: tokens, font, icons."""
