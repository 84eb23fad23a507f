"""Time, ids (UUID version 7, RFC 9562) and chance from the operating system."""
