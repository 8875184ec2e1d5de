"""Checks of the names of settings: unknown, given twice, contradictory."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, TypeVar, cast

from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_URL_PARTS = ("scheme", "host", "port", "prefix")

Constructor = TypeVar("Constructor", bound="Callable[..., None]")


def checks_names(constructor: Constructor) -> Constructor:
    """Make a constructor raise a `ConfigurationError` that names the wrong setting, instead of a `TypeError`.

    Args:
        constructor: An `__init__` whose parameters are settings.

    Returns:
        The constructor, with the same signature.
    """
    signature = inspect.signature(constructor)
    settings = signature.replace(parameters=list(signature.parameters.values())[1:])

    @wraps(constructor)
    def checked(self: object, /, *args: object, **given: object) -> None:
        problem = find_problem(settings, args, given)
        if problem is not None:
            raise problem
        constructor(self, *args, **given)

    return cast("Constructor", checked)


def complete_settings(signature: inspect.Signature, given: Mapping[str, object]) -> dict[str, object]:
    """Return given settings with the defaults of the others.

    Args:
        signature: The signature of a constructor, without `self`.
        given: Settings by name.

    Returns:
        Every setting by name.

    Raises:
        ConfigurationError: A name is unknown, or contradicts another.
    """
    problem = find_problem(signature, (), given)
    if problem is not None:
        raise problem
    return {name: given.get(name, item.default) for name, item in signature.parameters.items()}


def find_problem(
    signature: inspect.Signature, args: tuple[object, ...], given: Mapping[str, object]
) -> ConfigurationError | None:
    """Find what is wrong with the names of settings.

    Args:
        signature: The signature of a constructor, without `self`.
        args: Positional arguments.
        given: Keyword arguments.

    Returns:
        The error to raise; None if nothing is wrong.
    """
    known = list(signature.parameters)
    for name in map(str, given):
        if name not in known:
            return ConfigurationError(f"there is no setting {name!r}: {suggestion(name, known)}", setting=name)
    positional = [name for name, item in signature.parameters.items() if item.kind is item.POSITIONAL_OR_KEYWORD]
    if len(args) > len(positional):
        return ConfigurationError(f"only {', '.join(positional)} can be positional arguments")
    for name in positional[: len(args)]:
        if name in given:
            return ConfigurationError(f"the setting {name!r} is given twice", setting=name)
    return _contradiction(given)


def _contradiction(given: Mapping[str, object]) -> ConfigurationError | None:
    """Find settings that exclude each other, even where one is given its default."""
    parts = [name for name in _URL_PARTS if given.get(name) is not None]
    if not parts or given.get("url") is None:
        return None
    return ConfigurationError(
        f"url is the whole address: leave out {', '.join(parts)}, or leave out url", setting=parts[0]
    )


def suggestion(name: str, known: Sequence[str], plural: str = "settings") -> str:
    """Return the end of the message about an unknown name.

    Args:
        name: The unknown name.
        known: The known names.
        plural: What the known names are.

    Returns:
        A question with the most similar name, or a list of all names if none is similar.
    """
    from difflib import get_close_matches

    close = get_close_matches(name.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"the {plural} are {', '.join(known)}"
