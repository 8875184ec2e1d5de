"""The parameters of a request to the callback (RFC 6749, section 4.1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast
from urllib.parse import parse_qsl, urlencode

from eternaltwin.clients.validation.oauth import check_code
from eternaltwin.exceptions import (
    AuthorizationError,
    DoubledParameterError,
    InvalidArgumentError,
    IssuerMismatchError,
    LoginCallbackError,
    LoginRefusedError,
    MissingParameterError,
)

#: A raw query string, as `str` or `bytes`; or its fields: pairs, or a mapping of names to a string or a list of
#: strings, such as those of Django, Starlette and Werkzeug.
Query: TypeAlias = str | bytes | Mapping[str, Sequence[str]] | Iterable[tuple[str, str]]

#: Maximum length of a raw query string, in characters, and maximum number of its fields.
MAX_QUERY_LENGTH = 16_384
MAX_FIELDS = 100

#: Maximum length of an error's description, in characters. The rest is cut off.
MAX_DESCRIPTION_LENGTH = 200

#: The parameters that Eternaltwin sends.
_SENT = ("state", "code", "error", "error_description", "iss")

#: The parameter of a callback that another domain of the game has passed on.
_FORWARDED = "forwarded"

#: The known parameters; others are ignored (RFC 6749, section 4.1.2).
_NAMES = (*_SENT, _FORWARDED)

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_UNSAFE = re.compile(r"[^A-Za-z0-9 .,:;!?()_/+-]+", re.ASCII)


@dataclass(frozen=True)
class Callback:
    """The well-formed parameters of a callback. The state is not validated yet, so the sender is unknown.

    Attributes:
        state: The state, as a signed JWT.
        code: The authorization code. Empty if the authorization failed.
        error: The error code, as it was sent. Empty if the authorization succeeded.
        description: The error's description, as it was sent. Empty if there is none.
        issuer: The parameter `iss` (RFC 9207). Empty if there is none.
        is_forwarded: Whether another domain of the game has passed the callback on.
    """

    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str
    description: str
    issuer: str
    is_forwarded: bool

    @classmethod
    def read(cls, query: Query) -> Callback:
        """Read the parameters of a callback.

        Args:
            query: The raw query string, or its fields.

        Returns:
            The parameters.

        Raises:
            DoubledParameterError: A parameter is given more than once.
            MissingParameterError: `state` is missing, or both `code` and `error` are.
            LoginCallbackError: Both `code` and `error` are given, or one parameter is malformed.
        """
        fields = _fields(query)
        single = {name: _single(name, fields.get(name, ())) for name in _NAMES}
        state, code, error, description, issuer, forwarded = (single[name] for name in _NAMES)
        callback = cls(state, code, error, description, issuer, is_forwarded=bool(forwarded))
        callback._check_shape()
        return callback

    def forwarded_query(self) -> str:
        """Return the query with which another domain of the game gets this callback.

        Returns:
            The query, without `?`. It is marked, so that the callback is passed on once only.
        """
        sent = (self.state, self.code, self.error, self.description, self.issuer)
        return urlencode(
            [*((name, value) for name, value in zip(_SENT, sent, strict=True) if value), (_FORWARDED, "1")]
        )

    def check_issuer(self, public_url: str) -> None:
        """Check that the response is from the expected server, by comparing `iss` character for character.

        Args:
            public_url: The address of the server, with a final `/`.

        Raises:
            IssuerMismatchError: The response names another server.
        """
        if self.issuer and self.issuer not in (public_url, public_url.removesuffix("/")):
            raise IssuerMismatchError(f"the callback's iss is not {public_url}: the response is from another server")

    def check_success(self) -> None:
        """Check that the authorization succeeded.

        Raises:
            LoginRefusedError: The player refused (`access_denied`).
            AuthorizationError: It failed with another error.
        """
        if not self.error:
            return
        code = self.error if _CODE.fullmatch(self.error) else "unreadable"
        description = _UNSAFE.sub(" ", self.description[: 2 * MAX_DESCRIPTION_LENGTH]).strip()[:MAX_DESCRIPTION_LENGTH]
        if code == "access_denied":
            raise LoginRefusedError("the player refused to sign in (access_denied)", code, description or None)
        reported = f"{code}: {description}" if description else code
        raise AuthorizationError(f"Eternaltwin responded with the error {reported}", code, description or None)

    def _check_shape(self) -> None:
        if not self.state:
            raise MissingParameterError("the callback has no parameter state: it does not belong to a sign-in")
        if not self.code and not self.error:
            raise MissingParameterError("the callback has neither code nor error")
        if self.code and self.error:
            raise LoginCallbackError("the callback has both code and error")
        if self.code and not _is_code(self.code):
            raise LoginCallbackError("the callback's code is malformed: it is too long, or not printable ASCII")


def _is_code(code: str) -> bool:
    try:
        return bool(check_code(code))
    except InvalidArgumentError:
        return False


def _single(name: str, values: Iterable[object]) -> str:
    """Return the only value of a parameter; an empty one counts as missing (RFC 6749, section 3.1)."""
    given = list(values)
    if len(given) > 1:
        raise DoubledParameterError(f"the callback has {len(given)} parameters {name}")
    value = given[0] if given else ""
    if not isinstance(value, str):
        raise LoginCallbackError(f"the callback's parameter {name} is not a string")
    return value


def _fields(query: object) -> dict[str, list[object]]:
    """Return all values of each parameter, from the mapping of any framework."""
    if isinstance(query, str | bytes):
        return _of_pairs(_parsed(query))
    getlist = getattr(query, "getlist", None)
    if callable(getlist):  # the other methods of such mappings return one value only
        read = cast("Callable[[str], Iterable[object]]", getlist)
        return {name: list(read(name)) for name in _NAMES}
    if isinstance(query, Mapping):
        mapping = cast("Mapping[str, object]", query)
        return {name: _listed(mapping[name]) for name in _NAMES if name in mapping}
    return _of_pairs(cast("Iterable[tuple[str, object]]", query))


def _of_pairs(pairs: Iterable[tuple[str, object]]) -> dict[str, list[object]]:
    fields: dict[str, list[object]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _listed(value: object) -> list[object]:
    return list(cast("Iterable[object]", value)) if isinstance(value, list | tuple) else [value]


def _parsed(query: str | bytes) -> list[tuple[str, str]]:
    text = query.decode("latin-1") if isinstance(query, bytes) else query
    if len(text) > MAX_QUERY_LENGTH:
        raise LoginCallbackError(f"the callback's query is longer than {MAX_QUERY_LENGTH} characters")
    try:
        return parse_qsl(text.removeprefix("?"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        problem = f"the callback's query has more than {MAX_FIELDS} parameters"
    raise LoginCallbackError(problem)
