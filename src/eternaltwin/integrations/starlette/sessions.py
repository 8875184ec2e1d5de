"""Sessions of signed-in players: in a signed cookie, or in the session of Starlette's `SessionMiddleware`.

The browser stores both, and the server stores nothing. A browser cannot change its session, but a copy of the cookie
works until the session ends.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, cast

from itsdangerous import BadData, URLSafeSerializer
from starlette.applications import Starlette
from starlette.middleware.sessions import SessionMiddleware

from eternaltwin.connections import offline_client
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.hidden import clears_frames
from eternaltwin.integrations.shared.sessions import packed, player_in, session_content, unpacked
from eternaltwin.integrations.shared.settings import checked_secrets
from eternaltwin.integrations.shared.strict_cookies import STRICT_COOKIES, StrictCookieMiddleware
from eternaltwin.integrations.starlette.requests import cookies_of
from eternaltwin.login import Cookie

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from starlette.responses import Response

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.integrations.shared.settings import LoginSettings

#: Maximum length of a session cookie, in characters. Longer ones are ignored.
MAX_COOKIE_LENGTH = 4096


class PlayerSessions(Protocol):
    """Opens, reads and closes the sessions of players."""

    @property
    def cookie_name(self) -> str:
        """Name of the session cookie in requests and responses, with its prefix if it has one."""
        ...

    @property
    def secrets(self) -> list[str]:
        """The secrets that sign the sessions, the newest first. Empty if they are signed elsewhere."""
        ...

    def check_middleware(self, app: object) -> None:
        """Check that an application has the middleware that the sessions need, when it starts.

        Args:
            app: The application. If it is not one of Starlette or FastAPI, its middleware is unknown.

        Raises:
            ConfigurationError: A middleware is missing, or stands in the wrong place.
        """
        ...

    def read(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player.

        Args:
            connection: The request.

        Returns:
            The player, or None if there is no valid session.
        """
        ...

    def open(
        self, connection: HTTPConnection, response: Response, player: Player, *, is_connecting: bool = False
    ) -> None:
        """Open a new session for a player, which contains nothing of the previous one.

        Args:
            connection: The request.
            response: Its response, to which cookies are added.
            player: The player who has signed in.
            is_connecting: Whether an account was connected to the player who is signed in already, so that what the
                game has stored in its session is kept.
        """
        ...

    def close(self, connection: HTTPConnection, response: Response) -> None:
        """End the session.

        Args:
            connection: The request.
            response: Its response, to which cookies are added.
        """
        ...

    def forget(self, connection: HTTPConnection, response: Response) -> None:
        """Remove the player from the session, and nothing else.

        Args:
            connection: The request.
            response: Its response, to which cookies are added.
        """
        ...


class CookieSessions:
    """Sessions in a signed cookie.

    The signature covers the server and the game of the connection, so that a session of one connection is not valid
    for another.

    Args:
        using: Alias of the connection, or a client.
        secret_key: Secret that signs the cookie, at least 32 bytes. Of a list, the first signs and all verify.
        name: Name of the cookie, without the prefix `__Host-` that it has over https.
        settings: Settings of the sign-in: how long a session lasts, and whether its cookie is sent over https only.

    Raises:
        ConfigurationError: There is no secret, or one is too short, or not a string.
    """

    def __init__(self, using: str | ClientABC, secret_key: object, *, name: str, settings: LoginSettings) -> None:
        self._using = using
        self._secrets = checked_secrets(secret_key)
        self._name = name
        self._settings = settings

    @property
    def cookie_name(self) -> str:
        """Name of the session cookie in requests and responses, with its prefix if it has one."""
        return f"__Host-{self._name}" if self._is_secure else self._name

    @property
    def secrets(self) -> list[str]:
        """The secrets that sign the sessions, the newest first. Empty if they are signed elsewhere."""
        return self._secrets

    def check_middleware(self, app: object) -> None:
        """Check nothing, since these sessions need no middleware.

        Args:
            app: The application, which is not used.
        """

    @clears_frames
    def read(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player.

        Args:
            connection: The request.

        Returns:
            The player, or None if there is no valid session.
        """
        value = cookies_of(connection).get(self.cookie_name, "")
        if not 0 < len(value) <= MAX_COOKIE_LENGTH:
            return None
        try:
            content = cast("object", self._serializer.loads(value))
        except BadData:
            return None
        fields = cast("list[object]", content) if isinstance(content, list) else []
        return unpacked(fields[-1], self._settings.session_max_age) if len(fields) == 2 else None

    @clears_frames
    def open(
        self, connection: HTTPConnection, response: Response, player: Player, *, is_connecting: bool = False
    ) -> None:
        """Open a new session for a player, whose cookie differs from all others.

        Args:
            connection: The request, which is not used.
            response: Its response, to which the cookie is added.
            player: The player who has signed in.
            is_connecting: Not used, since the cookie contains nothing of the game.
        """
        del connection, is_connecting
        value = self._serializer.dumps([secrets.token_urlsafe(12), packed(player)])
        self._set(response, str(value), self._settings.session_max_age)

    def close(self, connection: HTTPConnection, response: Response) -> None:
        """End the session.

        Args:
            connection: The request.
            response: Its response, to which the cookie is added that clears the session, if there is one.
        """
        if self.cookie_name in cookies_of(connection):
            self._set(response, "", 0)

    def forget(self, connection: HTTPConnection, response: Response) -> None:
        """Remove the player from the session, which contains nothing else.

        Args:
            connection: The request.
            response: Its response, to which the cookie is added that clears the session, if there is one.
        """
        self.close(connection, response)

    def _set(self, response: Response, value: str, max_age: int) -> None:
        cookie = Cookie(self.cookie_name, value, max_age, secure=self._is_secure)
        response.headers.append("set-cookie", cookie.header())

    @property
    def _is_secure(self) -> bool:
        return self._settings.is_session_secure(offline_client(self._using).redirect_uri)

    @property
    def _serializer(self) -> URLSafeSerializer:
        client = offline_client(self._using)
        salt = f"eternaltwin.session\n{client.public_url}\n{client.client_id}"
        oldest_first = self._secrets[::-1]
        return URLSafeSerializer(
            oldest_first, salt=salt, signer_kwargs={"key_derivation": "hmac", "digest_method": sha256}
        )


class StarletteSessions:
    """Sessions in `request.session` of Starlette's `SessionMiddleware`.

    Args:
        using: Alias of the connection, or a client.
        name: Name of the middleware's cookie.
        max_age: Seconds until a session ends.
    """

    def __init__(self, using: str | ClientABC, *, name: str, max_age: int) -> None:
        self._using = using
        self._name = name
        self._max_age = max_age

    @property
    def cookie_name(self) -> str:
        """Name of the session cookie in requests and responses, with its prefix if it has one."""
        return self._name

    @property
    def secrets(self) -> list[str]:
        """The secrets that sign the sessions, the newest first. Empty if they are signed elsewhere."""
        return []

    def check_middleware(self, app: object) -> None:
        """Check that cookies are read strictly before Starlette's middleware reads the session.

        Args:
            app: The application. Without Starlette's middleware, another application around it may have that, so that
                only `read` can tell.

        Raises:
            ConfigurationError: `StrictCookieMiddleware` does not stand before Starlette's middleware.
        """
        kinds = [item.cls for item in app.user_middleware] if isinstance(app, Starlette) else []
        readers = [index for index, kind in enumerate(kinds) if _is_kind(kind, SessionMiddleware)]
        if readers and not any(_is_kind(kind, StrictCookieMiddleware) for kind in kinds[: readers[0]]):
            raise _not_strict()

    def read(self, connection: HTTPConnection) -> Player | None:
        """Return the signed-in player.

        Args:
            connection: The request.

        Returns:
            The player, or None if there is no valid session.
        """
        return player_in(_session(connection).get("eternaltwin"), self._using, self._max_age)

    def open(
        self, connection: HTTPConnection, response: Response, player: Player, *, is_connecting: bool = False
    ) -> None:
        """Open a new session for a player, which contains nothing of the previous one.

        Args:
            connection: The request, whose session is cleared.
            response: Its response, which is not used.
            player: The player who has signed in.
            is_connecting: Whether an account was connected to the player who is signed in already. The session is not
                cleared then.
        """
        del response
        session = _session(connection)
        if not is_connecting:
            session.clear()
        session["eternaltwin"] = session_content(player, self._using)

    def close(self, connection: HTTPConnection, response: Response) -> None:
        """End the session.

        Args:
            connection: The request, whose session is cleared.
            response: Its response, which is not used.
        """
        del response
        _session(connection).clear()

    def forget(self, connection: HTTPConnection, response: Response) -> None:
        """Remove the player from the session. What the game has stored in it is kept.

        Args:
            connection: The request.
            response: Its response, which is not used.
        """
        del response
        _session(connection).pop("eternaltwin", None)


def _session(connection: HTTPConnection) -> dict[str, object]:
    if "session" not in connection.scope:
        raise ConfigurationError(
            "session='starlette' needs Starlette's SessionMiddleware: add it to the application", setting="session"
        )
    if STRICT_COOKIES not in connection.scope:
        raise _not_strict()
    return cast("dict[str, object]", connection.session)


def _not_strict() -> ConfigurationError:
    return ConfigurationError(
        "session='starlette' needs StrictCookieMiddleware, or another host of your domain could plant a session: add it"
        " before SessionMiddleware, as the first middleware of the outermost application (of several calls of"
        " add_middleware(), the last adds the first)",
        setting="session",
    )


def _is_kind(kind: object, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def player_sessions(
    using: str | ClientABC,
    secret_key: object,
    session: object,
    cookie_name: str | None,
    settings: LoginSettings,
) -> PlayerSessions:
    """Build the sessions that the settings of a sign-in choose.

    Args:
        using: Alias of the connection, or a client.
        secret_key: Secret that signs the cookie, with `session="cookie"`.
        session: `"cookie"` or `"starlette"`.
        cookie_name: Name of the session cookie. None means `"eternaltwin_session"`, or `"session"` with
            `session="starlette"`.
        settings: Settings of the sign-in.

    Returns:
        The sessions.

    Raises:
        ConfigurationError: `session` or `secret_key` is not valid.
    """
    if session == "starlette":
        return StarletteSessions(using, name=cookie_name or "session", max_age=settings.session_max_age)
    if session != "cookie":
        raise ConfigurationError("session must be 'cookie' or 'starlette'", setting="session")
    return CookieSessions(using, secret_key, name=cookie_name or "eternaltwin_session", settings=settings)
