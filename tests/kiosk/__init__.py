"""The kiosk without a browser: its words, its screen, its sums, its site."""
