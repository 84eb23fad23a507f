"""The one error of parts that may be asked for where they are not installed."""


class PartsMissing(Exception):
    """A server did not start, or the extra that brings it is not installed; the message says which."""
