"""Who may call: every endpoint depends on exactly one of `anyone`, `person`, `operator`, `machine`."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Annotated, Any

from fastapi import Depends
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from application.ports.clock import Clock
from application.ports.identity import AccessTokens, Caller
from domain.people.role import Role, require
from entrypoints.api.problems import NOT_SIGNED_IN, Problem
from entrypoints.api.use import use


class Access(str, enum.Enum):
    """Who may call an endpoint."""

    ANYONE = "anyone"
    PERSON = "person"
    """Whoever is signed in; what is asked for is their own."""
    OPERATOR = "operator"
    MACHINE = "machine"
    """A machine, for itself."""


_person_token = HTTPBearer(
    scheme_name="person", bearerFormat="JWT", auto_error=False, description="The access token that signing in gave."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_person_token)]


def marked(access: Access) -> Callable[[Any], Any]:
    """Mark a dependency as the one that lets this kind of caller in."""

    def mark(dependency: Any) -> Any:
        dependency.access = access
        return dependency

    return mark


@marked(Access.ANYONE)
async def anyone() -> None:
    """Let everybody in."""


@marked(Access.PERSON)
async def person(
    credentials: Credentials, tokens: Annotated[AccessTokens, use(AccessTokens)], clock: Annotated[Clock, use(Clock)]
) -> Caller:
    """Return whoever is signed in. Raises Problem (401), AccessRefused."""
    if credentials is None:
        raise Problem(NOT_SIGNED_IN, "send `Authorization: Bearer` and an access token")
    return tokens.read(credentials.credentials, clock.now().wall)


@marked(Access.OPERATOR)
async def operator(
    credentials: Credentials, tokens: Annotated[AccessTokens, use(AccessTokens)], clock: Annotated[Clock, use(Clock)]
) -> Caller:
    """Return the operator who is signed in. Raises Problem (401), AccessRefused, NotAllowed."""
    caller = await person(credentials, tokens, clock)
    require(caller.role, Role.OPERATOR)
    return caller


Anyone = Depends(anyone)
Person = Annotated[Caller, Depends(person)]
Operator = Annotated[Caller, Depends(operator)]


def access_of(route: APIRoute) -> list[Access]:
    """Return every marked dependency of a route: exactly one, or the route is wrong."""
    return list(_marks(route.dependant))


def _marks(dependant: Dependant) -> Iterator[Access]:
    access = getattr(dependant.call, "access", None)
    if access is not None:
        yield access
    for inner in dependant.dependencies:
        yield from _marks(inner)
