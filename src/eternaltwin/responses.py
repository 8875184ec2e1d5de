"""What a server answered, free of any HTTP library."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from eternaltwin.exceptions import UnexpectedResponseError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


class Headers:
    """The header fields of an answer: names without case, repeated fields kept in order.

    `headers["content-type"]` is the first field of that name; `get_all` answers every one,
    as `Set-Cookie` needs (RFC 9110, section 5.3).
    """

    __slots__ = ("_fields", "_values")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = cast("Mapping[str, str]", fields).items() if isinstance(fields, Mapping) else fields
        self._fields = tuple([(name.lower(), value) for name, value in pairs])
        self._values: dict[str, list[str]] = {}
        for name, value in self._fields:
            self._values.setdefault(name, []).append(value)

    def get_all(self, name: str) -> list[str]:
        """Every value of this field, in the order they arrived."""
        return self._values.get(name.lower(), [])[:]

    def get(self, name: str, default: str = "") -> str:
        """The first value of this field, or `default`."""
        values = self.get_all(name)
        return values[0] if values else default

    def __getitem__(self, name: str) -> str:
        values = self.get_all(name)
        if not values:
            raise KeyError(name)
        return values[0]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self.get_all(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def items(self) -> Iterator[tuple[str, str]]:
        """Every field as a pair, names in lower case."""
        return iter(self._fields)

    def __eq__(self, other: object) -> bool:
        return self._fields == other._fields if isinstance(other, Headers) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:  # values may be cookies: only names are shown
        return f"Headers({', '.join(self)})"


class Response:
    """An answer of the server, read to its end.

    Attributes:
        url: where it came from, without its query.
        status_code: for example 200.
        content: the body, decompressed.
        headers: the header fields, names without case.
    """

    __slots__ = ("content", "headers", "status_code", "url")

    def __init__(
        self,
        url: str,
        status_code: int,
        content: bytes,
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> None:
        self.url = url.partition("?")[0]
        self.status_code = status_code
        self.content = content
        self.headers = headers if isinstance(headers, Headers) else Headers(headers)

    def json(self) -> Any:
        """The body as plain Python values: dict, list, str, int, float, bool, None.

        Raises:
            UnexpectedResponseError: the body is not JSON.
        """
        return decode_json(self, object)

    @property
    def retry_after(self) -> float | None:
        """How long the server wants to be left alone, in seconds (RFC 9110, section 10.2.3)."""
        text = self.headers.get("retry-after").strip()
        if text.isascii() and text.isdigit():
            return float(text[:9])
        from email.utils import parsedate_to_datetime  # slow to import, and seldom needed

        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
        except (ValueError, OverflowError):
            return None

    def __repr__(self) -> str:  # the body may hold a token
        return f"<Response {self.status_code} from {self.url}, {len(self.content)} bytes>"


def decode_json(response: Response, kind: type[T]) -> T:
    """The body of an answer as an instance of `kind`, one of `eternaltwin.models` for example.

    Raises:
        UnexpectedResponseError: the body is not JSON, or has another shape.
    """
    try:
        return msgspec.json.decode(response.content, type=kind)
    except msgspec.ValidationError as exc:
        problem = f"sent JSON of another shape: {exc}"
    except (msgspec.DecodeError, UnicodeDecodeError):
        problem = "did not send JSON"
    except RecursionError:
        problem = "sent JSON that is nested too deeply"
    # Raised out here so that no exception of the decoder, which may hold the body, is chained.
    raise UnexpectedResponseError(f"{response.url} {problem}", response)
