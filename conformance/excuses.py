"""The exchanges in which the development server may differ from the official one, and why.

An excuse that is not needed is an error as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN = "the official memory store breaks the connection off when a post, thread or section is unknown"
_TODO = "the official server breaks the connection off when a token or a client writes: it was left unfinished"

#: What will stay different.
EXCEPTIONS: Mapping[str, str] = {
    "forum get post unknown": _UNKNOWN,
    "forum get thread unknown key": _UNKNOWN,
    "forum edit unknown post": _UNKNOWN,
    "forum post in unknown thread": _UNKNOWN,
    "forum thread in unknown section": _UNKNOWN,
    "forum add moderator in unknown section": _UNKNOWN,
    "forum post by token": _TODO,
    "forum post by client": _TODO,
    "forum edit by token": _TODO,
}

#: What the development server does not do yet.
PENDING: Mapping[str, str] = {}

EXCUSES: Mapping[str, str] = {**EXCEPTIONS, **PENDING}
