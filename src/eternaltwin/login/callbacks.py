"""The parameters that Eternaltwin's answer brings to the callback (RFC 6749, section 4.1.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast
from urllib.parse import parse_qsl

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

#: A query string, raw, as text or bytes; or its fields: pairs, or a mapping of names to a text or a list of
#: texts, such as the ones of Django, Starlette and Werkzeug.
Query: TypeAlias = str | bytes | Mapping[str, Sequence[str]] | Iterable[tuple[str, str]]

#: The longest raw query string, in characters, and the most fields in it.
MAX_QUERY_LENGTH = 16_384
MAX_FIELDS = 100

#: How much of an error's description is kept, in characters.
MAX_DESCRIPTION_LENGTH = 200

#: The parameters that mean something; all others are ignored, as RFC 6749 has it.
_NAMES = ("state", "code", "error", "error_description", "iss")

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)
_UNFIT = re.compile(r"[^A-Za-z0-9 .,:;!?()_/+-]+", re.ASCII)


@dataclass(frozen=True)
class Callback:
    """An answer of well-formed parameters, from whomever: its state has not been looked at.

    Attributes:
        code: the authorization code; empty if the answer is an error.
        error: the error's code as it came; empty if there is none.
        issuer: who says to have answered; empty if the answer does not say.
    """

    state: str = field(repr=False)
    code: str = field(repr=False)
    error: str
    description: str
    issuer: str

    @classmethod
    def read(cls, query: Query) -> Callback:
        """The answer that a query string holds.

        Raises:
            DoubledParameterError: a parameter is there more than once.
            MissingParameterError: `state` is missing, or both `code` and `error` are.
            LoginCallbackError: both are there, or one of them can be none.
        """
        fields = _fields(query)
        single = {name: _single(name, fields.get(name, ())) for name in _NAMES}
        answer = cls(single["state"], single["code"], single["error"], single["error_description"], single["iss"])
        answer._check_shape()
        return answer

    def check_issuer(self, public_url: str) -> None:
        """Check that the server that was asked has answered, compared character for character.

        Raises:
            IssuerMismatchError: another one has.
        """
        if self.issuer and self.issuer not in (public_url, public_url.removesuffix("/")):
            raise IssuerMismatchError(f"the callback's iss is not {public_url}: another server has answered")

    def check_success(self) -> None:
        """Check that the answer is no error.

        Raises:
            LoginRefusedError: the player refused.
            AuthorizationError: it is another error.
        """
        if not self.error:
            return
        code = self.error if _CODE.fullmatch(self.error) else "unreadable"
        description = _UNFIT.sub(" ", self.description[: 2 * MAX_DESCRIPTION_LENGTH]).strip()[:MAX_DESCRIPTION_LENGTH]
        if code == "access_denied":
            raise LoginRefusedError("the player refused to sign in (access_denied)", code, description or None)
        said = f"{code}: {description}" if description else code
        raise AuthorizationError(f"Eternaltwin answered with the error {said}", code, description or None)

    def _check_shape(self) -> None:
        if not self.state:
            raise MissingParameterError("the callback has no parameter state: it is no answer to a sign-in")
        if not self.code and not self.error:
            raise MissingParameterError("the callback has neither code nor error")
        if self.code and self.error:
            raise LoginCallbackError("the callback has both code and error")
        if self.code and not _is_code(self.code):
            raise LoginCallbackError("the callback's code can be none: it is too long, or not of printable ASCII")


def _is_code(code: str) -> bool:
    try:
        return bool(check_code(code))
    except InvalidArgumentError:
        return False


def _single(name: str, values: Iterable[object]) -> str:
    """The one value of a parameter; an empty one counts as missing (RFC 6749, section 3.1)."""
    given = list(values)
    if len(given) > 1:
        raise DoubledParameterError(f"the callback has {len(given)} parameters {name}")
    value = given[0] if given else ""
    if not isinstance(value, str):
        raise LoginCallbackError(f"the callback's parameter {name} is no text")
    return value


def _fields(query: object) -> dict[str, list[object]]:
    """Every value of every parameter, whichever way a framework keeps them."""
    if isinstance(query, str | bytes):
        return _of_pairs(_parsed(query))
    getlist = getattr(query, "getlist", None)
    if callable(getlist):  # the mappings of Django, Starlette and Werkzeug answer just one value otherwise
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
