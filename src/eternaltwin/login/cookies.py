"""The cookies that bind sign-ins to the browser that started them: one for each open sign-in.

A cookie of its own for each sign-in lets several tabs start and finish without knowing of each
other, which one shared cookie would not: of two answers at a time, the later would undo the
earlier.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from eternaltwin.cookies import Cookie
from eternaltwin.login.tickets import Ticket

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Cookie", "CookieJar"]

#: Sign-ins that one browser may have open at a time.
MAX_OPEN = 10

#: What the cookies of all open sign-ins may take up in a request's header, in bytes.
MAX_HEADER_SIZE = 4000

#: Hexadecimal digits of a sign-in's id that the name of its cookie has.
ID_LENGTH = 12


class CookieJar:
    """The cookies of open sign-ins in one browser, of which the newest ten count.

    The prefixes of the names keep other hosts of the domain, and http, from setting such a cookie
    (draft-ietf-httpbis-rfc6265bis, section 4.1.3).

    Args:
        name: what the cookies' names start with, but for `__Host-` or `__Secure-`.
        max_age: seconds that a sign-in may take.
        path: where the browser sends the cookies.
        secure: whether only over https.
        cookies: what the browser sent, by name.
    """

    def __init__(self, name: str, *, max_age: int, path: str, secure: bool, cookies: Mapping[str, str]) -> None:
        prefix = "" if not secure else "__Host-" if path == "/" else "__Secure-"
        self._name = f"{prefix}{name}"
        self._max_age = max_age
        self._path = path
        self._secure = secure
        own = re.compile(rf"{re.escape(self._name)}-[0-9a-f]{{{ID_LENGTH}}}")
        texts = {name: text for name, text in cookies.items() if own.fullmatch(name)}
        fresh = {name: ticket for name, text in texts.items() if (ticket := self._fresh(text))}
        newest_first = sorted(fresh, key=lambda name: fresh[name].issued, reverse=True)
        self._tickets = {name: fresh[name] for name in newest_first[:MAX_OPEN]}
        self._stale = [name for name in texts if name not in self._tickets]

    def find(self, login_id: str) -> Ticket | None:
        """The ticket of an open sign-in, if this browser has it."""
        return self._tickets.get(self._name_of(login_id))

    def put(self, login_id: str, ticket: Ticket) -> Cookie:
        """The cookie that keeps the ticket of a new sign-in."""
        return self._cookie(self._name_of(login_id), ticket.text, self._max_age)

    def clear(self, login_id: str) -> Cookie:
        """The cookie that makes the browser forget a sign-in."""
        return self._cleared(self._name_of(login_id))

    def cleared_stale(self) -> list[Cookie]:
        """What makes the browser forget the sign-ins that can no longer succeed."""
        return [self._cleared(name) for name in self._stale]

    def cleared_for(self, cookie: Cookie) -> list[Cookie]:
        """What makes room for a new cookie: the oldest sign-ins fall away, and the stale ones."""
        newest_first = list(self._tickets)
        size, kept = _size(cookie.name, cookie.value), 0
        for name in newest_first[: MAX_OPEN - 1]:
            size += _size(name, self._tickets[name].text)
            if size > MAX_HEADER_SIZE:
                break
            kept += 1
        return [*self.cleared_stale(), *map(self._cleared, newest_first[kept:])]

    def _fresh(self, text: object) -> Ticket | None:
        ticket = Ticket.from_text(text)
        return ticket if ticket is not None and ticket.is_fresh(self._max_age, time.time()) else None

    def _name_of(self, login_id: str) -> str:
        return f"{self._name}-{login_id[:ID_LENGTH]}"

    def _cleared(self, name: str) -> Cookie:
        return self._cookie(name, "", 0)

    def _cookie(self, name: str, value: str, max_age: int) -> Cookie:
        return Cookie(name, value, max_age, self._path, self._secure)


def _size(name: str, value: str) -> int:
    """Bytes in a request's `Cookie` header: `name=value; `."""
    return len(name) + len(value) + 3
