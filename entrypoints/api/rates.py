"""How often a caller may ask for what. The numbers are settings; whoever asks too often is told when to come back."""

from __future__ import annotations

import ipaddress
import math
from typing import Annotated

from attrs import frozen
from fastapi import Depends, Request

from application.platform.limit_rate import LimitRate, TooMany
from domain.traffic.rate_limit import SECONDS, Rate
from entrypoints.api.metrics import Metrics
from entrypoints.api.problems import TOO_MANY_REQUESTS, Problem
from entrypoints.api.use import use
from entrypoints.settings import PlatformSettings


@frozen
class Rates:
    """The rates of a platform."""

    sign_in: Rate
    """By e-mail address and network together: a stranger elsewhere locks nobody out."""
    sign_in_network: Rate
    refresh: Rate
    sign_up: Rate
    provision: Rate
    """These three by network."""
    session: Rate
    """By person."""
    machine: Rate

    @classmethod
    def of(cls, settings: PlatformSettings) -> Rates:
        """Take the rates from the settings."""
        return cls(
            sign_in=rate("sign-in", settings.rate_sign_in),
            sign_in_network=rate("sign-in-network", settings.rate_sign_in_network),
            refresh=rate("refresh", settings.rate_refresh),
            sign_up=rate("sign-up", settings.rate_sign_up),
            provision=rate("provision", settings.rate_provision),
            session=rate("session", settings.rate_session),
            machine=rate("machine", settings.rate_machine),
        )


@frozen
class Allowance:
    """What one request is held to. Blocking: called by endpoints, in the thread that answers them."""

    _limit: LimitRate
    _rates: Rates
    _metrics: Metrics
    _network: str

    def sign_in(self, email: str) -> None:
        """Let somebody try a password. Raises Problem (429)."""
        self._ask(self._rates.sign_in, f"{email.strip().casefold()} {self._network}")
        self._ask(self._rates.sign_in_network, self._network)

    def refresh(self) -> None:
        """Let somebody ask for the next pair of tokens. Raises Problem (429)."""
        self._ask(self._rates.refresh, self._network)

    def sign_up(self) -> None:
        """Let somebody open an account. Raises Problem (429)."""
        self._ask(self._rates.sign_up, self._network)

    def provision(self) -> None:
        """Let a machine try a claim code, or have its key renewed. Raises Problem (429)."""
        self._ask(self._rates.provision, self._network)

    def session(self, person: str) -> None:
        """Let a person open a session. Raises Problem (429)."""
        self._ask(self._rates.session, person)

    def machine(self, machine: str) -> None:
        """Let a machine say or ask something. Raises Problem (429)."""
        self._ask(self._rates.machine, machine)

    def _ask(self, rate: Rate, caller: str) -> None:
        try:
            self._limit(rate, caller)
        except TooMany as too_many:
            self._metrics.limited(rate.name)
            seconds = math.ceil(too_many.wait / SECONDS)
            members, headers = {"retry_after": seconds}, {"Retry-After": str(seconds)}
            raise Problem(TOO_MANY_REQUESTS, str(too_many), members, headers) from too_many


def rate(name: str, text: str) -> Rate:
    """Read a rate as the settings have it: `10/300` is ten at once, and ten in 300 seconds."""
    burst, _, seconds = text.partition("/")
    return Rate(name, int(burst), int(seconds) * SECONDS)


def network(host: str) -> str:
    """Return what stands for one caller of the network: an IPv4 address, or the /64 that somebody with IPv6 has."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))


async def allowance(
    request: Request, limit: Annotated[LimitRate, use(LimitRate)], rates: Annotated[Rates, use(Rates)]
) -> Allowance:
    """Return what a request is held to."""
    return Allowance(limit, rates, request.app.state.metrics, network(request.client.host if request.client else ""))


Allow = Annotated[Allowance, Depends(allowance)]
