"""Where a machine keeps the pictures of items until they are sent."""
