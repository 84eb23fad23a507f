"""Errors that several use cases of the platform raise."""


class NotFound(Exception):
    """There is no such thing, or it is somebody else's."""


class UnknownMachine(NotFound):
    """No such machine is registered."""


class UnknownSession(NotFound):
    """No such session, or another person's."""


class UnknownTicket(NotFound):
    """No such ticket, or another organisation's."""


class UnknownCommand(NotFound):
    """No such command, or another machine's."""


class UnknownClaimCode(NotFound):
    """No such claim code, or another organisation's."""
