"""Sign players in with Eternaltwin, safely, in any web framework.

Example:
    >>> login = LoginFlow()

    In a view that the player's browser posts to, respond with 303 to `redirect.url` and set `redirect.cookies`:

    >>> redirect = login.begin(next="/arena", cookies=request.headers.get("Cookie"))

    In the view at the connection's `redirect_uri`, sign `done.user` in, set `done.cookies`, and respond with 303 to
    `done.next` or the front page. On a failure, show its `user_message` and set its `cookies`:

    >>> try:
    ...     done = login.complete(request.query_string, request.headers.get("Cookie", ""))
    ... except LoginError as exc:
    ...     return failure_page(exc.user_message, exc.cookies)
"""

from __future__ import annotations

from eternaltwin.cookies import Cookie
from eternaltwin.login.cookie_header import Cookies, read_cookies, strict_header
from eternaltwin.login.destinations import safe_next
from eternaltwin.login.flow import Login, LoginFlow, Redirect
from eternaltwin.login.shared_stores import DjangoCacheStore, RedisStore
from eternaltwin.login.stores import MemoryStore, SingleUseStore, SQLiteStore

__all__ = [
    "Cookie",
    "Cookies",
    "DjangoCacheStore",
    "Login",
    "LoginFlow",
    "MemoryStore",
    "Redirect",
    "RedisStore",
    "SQLiteStore",
    "SingleUseStore",
    "read_cookies",
    "safe_next",
    "strict_header",
]
