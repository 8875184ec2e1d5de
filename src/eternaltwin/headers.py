"""The header fields of a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Headers"]


class Headers:
    """Header fields: names without case, repeated fields kept in order.

    `headers["content-type"]` is the value of the first field of that name, a `KeyError` if there is none;
    [`get_all`][eternaltwin.headers.Headers.get_all] returns every value, as `Set-Cookie` needs (RFC 9110, section 5.3).
    Iteration yields each name once, in lower case.

    Args:
        fields: Names and values, as a mapping or as pairs.

    Example:
        >>> headers = Headers([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
        >>> headers["set-cookie"], headers.get_all("Set-Cookie"), headers.get("Location")
        ('a=1', ['a=1', 'b=2'], '')
    """

    __slots__ = ("_fields", "_values")

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = cast("Mapping[str, str]", fields).items() if isinstance(fields, Mapping) else fields
        self._fields = tuple([(name.lower(), value) for name, value in pairs])
        self._values: dict[str, list[str]] = {}
        for name, value in self._fields:
            self._values.setdefault(name, []).append(value)

    def get_all(self, name: str) -> list[str]:
        """Return every value of a field, in the order of arrival.

        Args:
            name: Name of the field, in any case.

        Returns:
            The values; empty without such a field.
        """
        return self._values.get(name.lower(), [])[:]

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a field.

        Args:
            name: Name of the field, in any case.
            default: What to return without such a field.

        Returns:
            The first value, or `default`.
        """
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
        """Return every field as a pair.

        Returns:
            An iterator over names, in lower case, and values.
        """
        return iter(self._fields)

    def __eq__(self, other: object) -> bool:
        return self._fields == other._fields if isinstance(other, Headers) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:  # values may be cookies: only names are shown
        return f"Headers({', '.join(self)})"
