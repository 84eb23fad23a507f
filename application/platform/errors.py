"""Errors that several use cases of the platform raise."""


class NotFound(Exception):
    """There is no such thing, or it is somebody else's."""


class UnknownMachine(NotFound):
    """No such machine is registered."""


class UnknownSession(NotFound):
    """No such session, or another person's."""
