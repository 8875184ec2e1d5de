"""Signing in with Eternaltwin, safely, for a web game in any framework.

login = LoginFlow()

# a view that the player's browser posts to
redirect = login.begin(next="/arena", cookies=request.cookies)
# ... answer 303 to redirect.url, and set redirect.cookies

# the view at the connection's redirect_uri
try:
    done = login.complete(request.query_string, request.cookies)
except LoginError as exc:
    ...  # show exc.user_message, and set exc.cookies
# ... sign done.user in, set done.cookies, and answer 303 to done.next or your front page
"""

from __future__ import annotations

from eternaltwin.login.cookies import Cookie
from eternaltwin.login.destinations import safe_next
from eternaltwin.login.flow import Login, LoginFlow, Redirect
from eternaltwin.login.shared_stores import DjangoCacheStore, RedisStore
from eternaltwin.login.stores import MemoryStore, SingleUseStore, SQLiteStore

__all__ = [
    "Cookie",
    "DjangoCacheStore",
    "Login",
    "LoginFlow",
    "MemoryStore",
    "Redirect",
    "RedisStore",
    "SQLiteStore",
    "SingleUseStore",
    "safe_next",
]
