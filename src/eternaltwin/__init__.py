"""Sign players in with Eternaltwin, and read the community's data.

The names that most games need are importable from here. Each is loaded when it is first used, so `import eternaltwin`
loads neither an HTTP library nor cryptography.

Example:
    >>> from eternaltwin import User
    >>> User.get("9f310484-963b-446b-af69-797feec6813f").username
    'Demurgos'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from eternaltwin.version import __version__ as __version__

if TYPE_CHECKING:
    from eternaltwin.connections import configure as configure
    from eternaltwin.connections import configure_from_environment as configure_from_environment
    from eternaltwin.exceptions import EternalTwinError as EternalTwinError
    from eternaltwin.exceptions import InvalidStateError as InvalidStateError
    from eternaltwin.exceptions import LoginError as LoginError
    from eternaltwin.exceptions import RequestError as RequestError
    from eternaltwin.forum import Post as Post
    from eternaltwin.forum import Section as Section
    from eternaltwin.forum import Thread as Thread
    from eternaltwin.identities import GameClient as GameClient
    from eternaltwin.identities import Guest as Guest
    from eternaltwin.identities import Session as Session
    from eternaltwin.identities import UserCredentials as UserCredentials
    from eternaltwin.identities import awhoami as awhoami
    from eternaltwin.identities import whoami as whoami
    from eternaltwin.keys import EdDSAKey as EdDSAKey
    from eternaltwin.keys import ES256Key as ES256Key
    from eternaltwin.keys import HS256Key as HS256Key
    from eternaltwin.keys import PS256Key as PS256Key
    from eternaltwin.keys import RS256Key as RS256Key
    from eternaltwin.login import Login as Login
    from eternaltwin.login import LoginFlow as LoginFlow
    from eternaltwin.server import server_info as server_info
    from eternaltwin.states import State as State
    from eternaltwin.tokens import Token as Token
    from eternaltwin.users import User as User

__all__ = [
    "ES256Key",
    "EdDSAKey",
    "EternalTwinError",
    "GameClient",
    "Guest",
    "HS256Key",
    "InvalidStateError",
    "Login",
    "LoginError",
    "LoginFlow",
    "PS256Key",
    "Post",
    "RS256Key",
    "RequestError",
    "Section",
    "Session",
    "State",
    "Thread",
    "Token",
    "User",
    "UserCredentials",
    "__version__",
    "awhoami",
    "configure",
    "configure_from_environment",
    "server_info",
    "whoami",
]

#: The module below this package that defines each name.
_HOMES = {
    "ES256Key": "keys",
    "EdDSAKey": "keys",
    "EternalTwinError": "exceptions",
    "GameClient": "identities",
    "Guest": "identities",
    "HS256Key": "keys",
    "InvalidStateError": "exceptions",
    "Login": "login",
    "LoginError": "exceptions",
    "LoginFlow": "login",
    "PS256Key": "keys",
    "Post": "forum",
    "RS256Key": "keys",
    "RequestError": "exceptions",
    "Section": "forum",
    "Session": "identities",
    "State": "states",
    "Thread": "forum",
    "Token": "tokens",
    "User": "users",
    "UserCredentials": "identities",
    "awhoami": "identities",
    "configure": "connections",
    "configure_from_environment": "connections",
    "server_info": "server",
    "whoami": "identities",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
