"""The public calls over a connection, found by reflection."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import TYPE_CHECKING

import msgspec

from eternaltwin import User, accounts, archives, identities, models, server
from eternaltwin.forum import Post, Section, Thread
from eternaltwin.identities import Session
from tests.support.fakes import ALICE
from tests.support.variants import recorded_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: The classes and modules that have calls.
OWNERS: list[object] = [
    User,
    Session,
    Section,
    Thread,
    Post,
    archives.DinoparcUser,
    archives.DinoparcDinoz,
    archives.HammerfestUser,
    archives.TwinoidUser,
    accounts,
    identities,
    server,
]


def functions(owner: object) -> dict[str, Callable[..., object]]:
    """Return the public functions that are defined in a class or a module itself."""
    plain = {name: getattr(value, "__func__", value) for name, value in vars(owner).items() if name[0] != "_"}
    home = owner.__name__ if inspect.ismodule(owner) else getattr(owner, "__module__", "")
    return {
        name: value for name, value in plain.items() if isinstance(value, FunctionType) and value.__module__ == home
    }


def sync_calls() -> Iterator[tuple[object, str]]:
    """Return the owner and the name of every sync call that has an async variant."""
    for owner in OWNERS:
        found = functions(owner)
        for name, function in found.items():
            if "using" in inspect.signature(function).parameters and f"a{name}" in found:
                yield owner, name


def instance_of(kind: object) -> object:
    """Return an object of a class whose methods send something."""
    if kind is User:
        return User(ALICE, "Alice", None, None, None)
    if kind is Section:
        return Section(msgspec.convert(recorded_json("forum section after thread"), models.ForumSection))
    thread = Thread(msgspec.convert(recorded_json("forum get thread"), models.ForumThread))
    if kind is Thread:
        return thread
    return Post(msgspec.convert(recorded_json("forum get post"), models.ForumPost), thread)
