"""What a description says of an endpoint that its handler does not say itself."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from eternaltwin.devserver.api.endpoints import Endpoint
from eternaltwin.models import CodedRefusal, Refusal


class Bare(Enum):
    """What is answered where no JSON is."""

    TEXT = "text"
    NOTHING = "nothing"
    REDIRECT = "redirect"


#: What an answer may be: JSON of one of these types, or one of the above.
Kinds = tuple[Any, ...]

TEXT: Kinds = (Bare.TEXT,)
NOTHING: Kinds = (Bare.NOTHING,)
REDIRECT: Kinds = (Bare.REDIRECT,)
REFUSAL: Kinds = (Refusal,)
CODED: Kinds = (CodedRefusal,)

#: What a body that cannot be read is answered with.
UNREADABLE: dict[int, Kinds] = {400: TEXT, 415: TEXT, 422: TEXT}

#: Who may ask: nobody in particular, or whoever has one of these.
PLAYERS = ("session", "basic")
GAMES = ("basic",)
PLAYERS_AND_GAMES = ("session", "basic", "bearer")


class Parameter(msgspec.Struct, frozen=True):
    """A field of the query."""

    name: str
    schema: dict[str, object]
    about: str
    is_required: bool = False


def page(largest: int, items: int) -> tuple[Parameter, Parameter]:
    """Which part of a list to answer."""
    number: dict[str, object] = {"type": "integer", "minimum": 0, "maximum": largest}
    return (
        Parameter("offset", number | {"default": 0}, "How many items to skip."),
        Parameter("limit", number | {"default": items}, "How many items to answer at most."),
    )


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint.

    Attributes:
        handler: the route; its path, method, name and docstring are in the description too.
        answers: by status, what comes back.
        body: the type of the JSON that is sent.
        has_form: the body may be a form as well.
        path: the schemas of parts of the path whose names do not tell what they are.
        query: the fields of the query.
        askers: how one shows who is asking; empty where it makes no difference.
        needs_asker: guests are refused.
        about: more than the docstring of the handler tells.
        in_released: the released server 0.16.4 has it.
        only_released: statuses that only that server answers.
    """

    handler: Endpoint
    answers: dict[int, Kinds]
    body: Any = None
    has_form: bool = False
    path: dict[str, dict[str, object]] = {}
    query: tuple[Parameter, ...] = ()
    askers: tuple[str, ...] = ()
    needs_asker: bool = False
    about: str = ""
    in_released: bool = True
    only_released: frozenset[int] = frozenset()
