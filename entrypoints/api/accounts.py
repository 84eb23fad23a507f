"""Accounts: sign up, sign in, stay signed in, sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from application.platform.refresh_sign_in import RefreshSignIn
from application.platform.sign_in import SignedIn, SignIn
from application.platform.sign_out import SignOut
from application.platform.sign_up import SignUp
from domain.people.account import LONGEST_ADDRESS, LONGEST_PASSWORD, SHORTEST_PASSWORD, Language
from entrypoints.api.access import Anyone, Person
from entrypoints.api.idempotency import OnceIfKeyed
from entrypoints.api.rates import Allow
from entrypoints.api.shapes import ID, Shape
from entrypoints.api.use import use

router = APIRouter(prefix="/api/v1", tags=["accounts"])

Email = Annotated[str, Field(max_length=4 * LONGEST_ADDRESS, examples=["ana@example.org"])]
Password = Annotated[str, Field(max_length=4 * LONGEST_PASSWORD, examples=["three green bottles"])]


class NewAccount(Shape):
    """Who wants an account."""

    email: Email
    password: Annotated[Password, Field(description=f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.")]
    language: Language = Language.INDONESIAN


class AccountMade(BaseModel):
    """The account's random id: what everything else knows the person by."""

    person_id: ID


class Credentials(Shape):
    """An address and its password."""

    email: Email
    password: Password


class Refresh(Shape):
    """The newest refresh token."""

    refresh_token: Annotated[str, Field(max_length=200, examples=["AQGiCt_7HHU5nVWmLlrYoM8AAAAA...UCIE="])]


class Admitted(BaseModel):
    """Two tokens: one to call with, one to get the next two."""

    model_config = ConfigDict(json_schema_extra={"description": "Keep the refresh token; it changes each time."})

    person_id: ID
    access_token: Annotated[str, Field(description="For `Authorization: Bearer`.")]
    expires_in: Annotated[int, Field(description="Seconds for which the access token counts.", examples=[900])]
    refresh_token: str

    @classmethod
    def of(cls, signed_in: SignedIn) -> Admitted:
        """Say it in HTTP's words."""
        return cls(
            person_id=signed_in.person,
            access_token=signed_in.access_token,
            expires_in=signed_in.expires_in,
            refresh_token=signed_in.refresh_token,
        )


@router.post("/accounts", status_code=201, response_model=AccountMade, dependencies=[Anyone])
def sign_up(
    new: NewAccount, once: OnceIfKeyed, allow: Allow, sign_up: Annotated[SignUp, use(SignUp)]
) -> Response:  # fmt: skip
    """Open an account.

    The address is kept in one form (lower case, ASCII domain) and belongs to one account only.
    """
    allow.sign_up()

    def effect() -> AccountMade:
        return AccountMade(person_id=sign_up(new.email, new.password, new.language).person)

    return once("anyone", 201, effect)


@router.post("/sign-in", dependencies=[Anyone])
def sign_in(credentials: Credentials, allow: Allow, sign_in: Annotated[SignIn, use(SignIn)]) -> Admitted:
    """Sign in with address and password. Which of the two is wrong is never said."""
    allow.sign_in(credentials.email)
    return Admitted.of(sign_in(credentials.email, credentials.password))


@router.post("/sign-in/refresh", dependencies=[Anyone])
def refresh(newest: Refresh, allow: Allow, refresh_sign_in: Annotated[RefreshSignIn, use(RefreshSignIn)]) -> Admitted:
    """Get the next pair of tokens for the newest refresh token.

    If the reply gets lost, send the same token again at once: within 30 seconds it gives the same refresh token
    again. Later it counts as stolen, and this sign-in ends for everybody who holds a token of it.
    """
    allow.refresh()
    return Admitted.of(refresh_sign_in(newest.refresh_token))


@router.post("/sign-out", status_code=204)
def sign_out(caller: Person, sign_out: Annotated[SignOut, use(SignOut)]) -> None:
    """End this sign-in: its refresh tokens give nothing more. The access token ends by itself, within 15 minutes."""
    sign_out(caller.person, caller.family)
