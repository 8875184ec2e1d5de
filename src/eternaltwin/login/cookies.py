"""The cookies that bind sign-ins to the browser that started them, one for each sign-in.

With a cookie per sign-in, several tabs can sign in at the same time. With one shared cookie, of two concurrent
responses the later would undo the earlier.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from eternaltwin.cookies import Cookie
from eternaltwin.login.tickets import KEPT_AFTERWARDS, Ticket

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: Maximum number of open sign-ins in one browser, and of those that are over.
MAX_OPEN = 10
MAX_OVER = 3

#: Maximum size of the cookies of all sign-ins in a request's `Cookie` header, in bytes.
MAX_HEADER_SIZE = 4000

#: Number of hexadecimal digits of the sign-in's id in the name of its cookie.
ID_LENGTH = 12

#: The end of the name of every such cookie, whatever its start.
_END = re.compile(rf".+-[0-9a-f]{{{ID_LENGTH}}}")


def may_be_ticket(name: str) -> bool:
    """Return whether a cookie may be one of a sign-in, by the end of its name only: games choose the start.

    Args:
        name: Name of the cookie.

    Returns:
        True for all cookies of sign-ins, and possibly for others.
    """
    return _END.fullmatch(name) is not None


class CookieJar:
    """The cookies of the sign-ins in one browser: the newest ten that are open, and the newest three that are over.

    A ticket is over when it is used or expired. It is kept for an hour, so that the player is told what has happened,
    and so that their destination is not lost. The prefixes of the names keep other hosts of the domain, and http, from
    setting such a cookie (draft-ietf-httpbis-rfc6265bis, section 4.1.3).

    Args:
        name: Start of the cookies' names, without `__Host-` or `__Secure-`.
        max_age: Seconds until a sign-in expires.
        path: The cookies' attribute `Path`.
        secure: The cookies' attribute `Secure`.
        cookies: The cookies of the request, by name.
        trusted_origins: Origins of front ends to which the tickets may lead.
    """

    def __init__(
        self,
        name: str,
        *,
        max_age: int,
        path: str,
        secure: bool,
        cookies: Mapping[str, str],
        trusted_origins: Collection[str] = (),
    ) -> None:
        prefix = "" if not secure else "__Host-" if path == "/" else "__Secure-"
        self._name = f"{prefix}{name}"
        self._max_age = max_age
        self._path = path
        self._secure = secure
        self._trusted_origins = trusted_origins
        self._now = time.time()
        own = re.compile(rf"{re.escape(self._name)}-[0-9a-f]{{{ID_LENGTH}}}")
        values = {name: value for name, value in cookies.items() if own.fullmatch(name)}
        tickets = {name: ticket for name, value in values.items() if (ticket := self._readable(value))}
        newest_first = sorted(tickets, key=lambda name: tickets[name].issued, reverse=True)
        self._open = [name for name in newest_first if self._is_open(tickets[name])][:MAX_OPEN]
        self._over = [name for name in newest_first if not self._is_open(tickets[name])][:MAX_OVER]
        self._tickets = {name: tickets[name] for name in (*self._open, *self._over)}
        self._stale = [name for name in values if name not in self._tickets]

    def find(self, login_id: str) -> Ticket | None:
        """Return the ticket of a sign-in, which may be over.

        Args:
            login_id: The id of the sign-in.

        Returns:
            The ticket. None if this browser has none for the sign-in.
        """
        return self._tickets.get(self._name_of(login_id))

    def put(self, login_id: str, ticket: Ticket) -> Cookie:
        """Build the cookie of a new sign-in, or of one that is over now.

        Args:
            login_id: The id of the sign-in.
            ticket: The ticket of the sign-in.

        Returns:
            The cookie to set.
        """
        remaining = ticket.issued / 1000 + self._max_age + KEPT_AFTERWARDS - self._now
        return self._cookie(self._name_of(login_id), ticket.cookie_value, max(1, round(remaining)))

    def cleared_stale(self) -> list[Cookie]:
        """Build the cookies that remove malformed tickets, and those that are too old or too many.

        Returns:
            The cookies to set, which expire at once.
        """
        return [self._cleared(name) for name in self._stale]

    def cleared_for(self, cookie: Cookie) -> list[Cookie]:
        """Build the cookies that make room for a new one. They remove stale sign-ins, and the oldest of too many.

        Sign-ins that are over make room first.

        Args:
            cookie: The new cookie.

        Returns:
            The cookies to set, which expire at once.
        """
        size, kept = _size(cookie.name, cookie.value), set[str]()
        for name in (*self._open[: MAX_OPEN - 1], *self._over):
            size += _size(name, self._tickets[name].cookie_value)
            if size > MAX_HEADER_SIZE:
                break
            kept.add(name)
        return [*self.cleared_stale(), *(self._cleared(name) for name in self._tickets if name not in kept)]

    def _readable(self, value: object) -> Ticket | None:
        ticket = Ticket.from_cookie(value, self._trusted_origins)
        is_kept = ticket is not None and ticket.is_fresh(self._max_age + KEPT_AFTERWARDS, self._now)
        return ticket if is_kept else None

    def _is_open(self, ticket: Ticket) -> bool:
        return not ticket.is_used and ticket.is_fresh(self._max_age, self._now)

    def _name_of(self, login_id: str) -> str:
        return f"{self._name}-{login_id[:ID_LENGTH]}"

    def _cleared(self, name: str) -> Cookie:
        return self._cookie(name, "", 0)

    def _cookie(self, name: str, value: str, max_age: int) -> Cookie:
        return Cookie(name, value, max_age, self._path, self._secure)


def is_https(url: str) -> bool:
    """Return whether a URL has the scheme https, so that cookies for its host can be sent over https only.

    Args:
        url: An absolute URL, its scheme in any case.

    Returns:
        True for https.
    """
    return url[:8].lower() == "https://"


def _size(name: str, value: str) -> int:
    """Return the bytes of `name=value; ` in a `Cookie` header."""
    return len(name) + len(value) + 3
