"""The development server as a context manager, for tests and the command line."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from eternaltwin.devserver.app import create_app, with_control
from eternaltwin.devserver.asgi.changes import Changes, ChangesMiddleware
from eternaltwin.devserver.asgi.event_stream import EventStreamMiddleware
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.asgi.hosts import AllowedHosts, HostsMiddleware
from eternaltwin.devserver.asgi.request_log import RequestLog, RequestLogMiddleware
from eternaltwin.devserver.browser import PlayerBrowser
from eternaltwin.devserver.config import config_of, reconfigured
from eternaltwin.devserver.control.access import (
    ControlAccess,
    is_from_anybody,
    is_from_nobody,
    is_from_this_machine,
)
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.names import parse_uuid
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.devserver.pages.live import is_update, may_change, may_listen
from eternaltwin.devserver.pages.paths import EVENTS, OWN_PATHS
from eternaltwin.devserver.services.world import World
from eternaltwin.devserver.transports import IN_PROCESS_URL, AsyncInProcessTransport, InProcessTransport
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType

    from eternaltwin.clients.settings import AnySettings, ConnectionSettings
    from eternaltwin.devserver.asgi.listening import BackgroundServer
    from eternaltwin.devserver.asgi.protocol import ASGIApp
    from eternaltwin.devserver.asgi.request_log import RecordedRequest
    from eternaltwin.devserver.browser import IdentifiedUser, SigningInClient
    from eternaltwin.devserver.config import ConfigSource
    from eternaltwin.devserver.config.types import ClockKind
    from eternaltwin.devserver.domain.records import ClientLike, UserLike
    from eternaltwin.devserver.domain.versions import ApiVersion

#: The settings of a connection that choose its server.
_ADDRESS_SETTINGS = frozenset({"url", "public_url", "scheme", "host", "port", "prefix", "verify_ssl", "transport"})


class DevServer:
    """An Eternaltwin server for tests; a context manager.

    Args:
        config: The settings, the path of their file, or a mapping of the file's shape that is merged over the
            built-in seeds, such as `{"seed": {"app": {"mygame": {"oauth_callback": ...}}}}`.
        host: A name or an address of this machine.
        port: The port to listen on. 0 means any free port.
        api_version: The version of the official server to behave like.
        clock: `Virtual` for a clock that stands still until it is moved, `System` for the machine's. None means
            `backend.clock` of the configuration, and `Virtual` without such a setting.
        on_response: Called with each request when its response begins, or None.
        allowed_hosts: Names and addresses that the server responds to, in addition to `host`, `localhost`, names that
            end with `.localhost`, and loopback addresses. `*.mygame.test` is every name below `mygame.test`. `*` is
            every name: then any web page that you have open can reach the server (DNS rebinding). Requests to other
            names are refused with 421.
        control_token: The token that requests of the control API, `/_dev/`, must send. None means that programs on this
            machine need none, and that others may not use it.

    Attributes:
        config: The settings.
        world: The state of the server: users, games, sessions, the forum and archived accounts.

    Raises:
        ConfigurationError: A setting, a host or the token is not valid, or seeds contradict each other.

    Example:
        ```python
        with DevServer() as server:
            zoe = server.add_user("zoe")
            client = Eternaltwin(**server.connection_settings())
            code, state = server.authorization_code(zoe, client)
        ```
    """

    def __init__(
        self,
        config: ConfigSource = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_version: ApiVersion = "latest",
        clock: ClockKind | None = None,
        on_response: Callable[[RecordedRequest], None] | None = None,
        allowed_hosts: Iterable[str] = (),
        control_token: str | None = None,
    ) -> None:
        self.config = config_of(config, clock)
        self._allowed_hosts = AllowedHosts(host, allowed_hosts)
        self._control_token = control_token
        ControlAccess(control_token, is_from_nobody)
        self._host = host
        self._port = port
        self._api_version: ApiVersion = api_version
        self._request_log = RequestLog(on_response)
        self._faults = Faults()
        self._state_key = secrets.token_hex(32)
        self._has_socket = True
        self._background: BackgroundServer | None = None
        self._url: str | None = None
        self._is_open = False
        self._open()

    @classmethod
    def in_process(
        cls, config: ConfigSource = None, *, api_version: ApiVersion = "latest", clock: ClockKind | None = None
    ) -> Self:
        """Create a server without a socket.

        Clients reach it through `transport` and `async_transport`. It does not need to be started.

        Args:
            config: The settings, the path of their file, or a mapping that is merged over the built-in seeds.
            api_version: The version of the official server to behave like.
            clock: The clock, as in the constructor.

        Returns:
            The server.

        Raises:
            ConfigurationError: A setting is not valid.
        """
        server = cls(config, api_version=api_version, clock=clock)
        server._has_socket = False
        server._url = IN_PROCESS_URL
        return server

    def _open(self) -> None:
        self.world = World(self.config, api_version=self._api_version)
        app = create_app(self.world, self._request_log, self._faults)
        failing = FaultsMiddleware(app, self._faults, OWN_PATHS)
        self._logged_app: ASGIApp = RequestLogMiddleware(failing, self._request_log, is_update)
        self._browser = PlayerBrowser(app, self.world)
        self._app = self._with_control(ControlAccess(None, is_from_anybody))
        for forget in (self._browser.clear, self._request_log.clear, self._faults.clear):
            self.world.call_on_reset(forget)
        self._changes = Changes()
        self.world.call_on_reset(self._changes.announce)
        self._is_open = True

    def _with_control(self, access: ControlAccess) -> ASGIApp:
        return with_control(
            self._logged_app, self.world, self._request_log, self._faults, self._browser.authorize, access
        )

    # --- running

    def start(self) -> Self:
        """Begin to accept requests. A server that was stopped starts again from its seeds.

        Returns:
            The server itself.

        Raises:
            ConfigurationError: The port is taken or needs more privileges, or the host is not this machine.
        """
        if not self._is_open:
            self._open()
        if self._has_socket and self._background is None:
            from eternaltwin.devserver.asgi.listening import BackgroundServer

            listener = self._listen()
            app = self._app_behind(listener)
            self._background = BackgroundServer(app, listener, "eternaltwin development server", self._changes.end)
        return self

    def serve_forever(self, on_ready: Callable[[socket.socket], None]) -> None:
        """Accept requests in this thread until SIGINT or SIGTERM arrives, then stop.

        Args:
            on_ready: Called once the server accepts requests, with its socket.

        Raises:
            ConfigurationError: The port is taken or needs more privileges, or the host is not this machine.
        """
        from eternaltwin.devserver.asgi.listening import HTTPServer

        listener = self._listen()
        try:
            HTTPServer(self._app_behind(listener), lambda: on_ready(listener), self._changes.end).run([listener])
        finally:
            self.stop()

    def _app_behind(self, listener: socket.socket) -> ASGIApp:
        from eternaltwin.devserver.asgi.listening import is_loopback

        access = ControlAccess(self._control_token, is_from_this_machine if is_loopback(listener) else is_from_nobody)
        app = EventStreamMiddleware(self._with_control(access), EVENTS, self._changes, may_listen)
        hosts = HostsMiddleware(app, self._allowed_hosts, self._request_log)
        return ChangesMiddleware(hosts, self._changes, may_change)

    def _listen(self) -> socket.socket:
        from eternaltwin.devserver.asgi.listening import open_socket, url_of

        try:
            listener = open_socket(self._host, self._port)
        except ConfigurationError:
            self.stop()
            raise
        self._url = url_of(listener, self._host)
        return listener

    def reconfigure(self, config: ConfigSource) -> None:
        """Add and change the seeds of a changed configuration, also while the server runs.

        What players have done stays, and so does what they have changed themselves. Seeds that the configuration no
        longer has stay until the next `reset`, except for archived accounts. Storage, clock and port stay as they are.

        Args:
            config: The settings, the path of their file, or a mapping that is merged over the built-in seeds.

        Raises:
            ConfigurationError: A setting is not valid, or seeds contradict each other. Nothing was changed.

        Example:
            >>> server.reconfigure({"seed": {"app": {"mygame": {"oauth_callback": "http://localhost:8000/callback"}}}})
        """
        new = config_of(config)
        if self._is_open:
            self.world.reconfigure(new)
            self._changes.announce()
        self.config = reconfigured(self.config, new)

    def stop(self) -> None:
        """Stop the server and release its resources. Pending requests may finish within half a second."""
        background, self._background = self._background, None
        if background is not None:
            background.stop()
        if self._is_open:
            self._is_open = False
            self.world.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    # --- connections

    @property
    def url(self) -> str:
        """The address of the server, without a final `/`.

        Raises:
            ConfigurationError: The server has not been started.
        """
        if self._url is None:
            raise ConfigurationError("the server has no address yet: call start(), or use it in a with statement")
        return self._url

    @property
    def transport(self) -> InProcessTransport:
        """The setting `transport` of a sync client that reaches the server without a socket."""
        return InProcessTransport(self._app, IN_PROCESS_URL)

    @property
    def async_transport(self) -> AsyncInProcessTransport:
        """The setting `transport` of an async client that reaches the server without a socket."""
        return AsyncInProcessTransport(self._app, IN_PROCESS_URL)

    def connection_settings(self, client: ClientLike | None = None, *, is_async: bool = False) -> ConnectionSettings:
        """Return the settings with which a client reaches this server as one of its games.

        Args:
            client: The game: its record, its id, or its key with or without `@clients`. None means the first one.
            is_async: Whether the client is async, which matters only without a socket.

        Returns:
            Keyword arguments of a client.

        Raises:
            InvalidArgumentError: There is no such game.
            ConfigurationError: The server has not been started.
        """
        game = self._first_client() if client is None else self.world.client(client)
        settings: ConnectionSettings = {
            "client_id": game.key,
            "client_secret": game.secret,
            "redirect_uri": game.callback,
            "state_key": self._state_key,
            "url": self.url,
        }
        if not self._has_socket:
            settings["transport"] = self.async_transport if is_async else self.transport
        return settings

    @clears_frames
    def serve_game(self, settings: AnySettings, *, is_async: bool = False) -> AnySettings:
        """Add the game of a connection to this server, and return settings with which its client reaches the server.

        A game that the server knows already gets the callback and the secret of the connection. Both last until the
        next `reset`. A connection that only reads has no game.

        Args:
            settings: The settings of the connection, to any server.
            is_async: Whether the client is async, which matters only without a socket.

        Returns:
            The settings, with the address of this server.

        Raises:
            InvalidArgumentError: The setting `client_id` is neither the key of a game, such as `mygame@clients`, nor a
                UUID.
            ConfigurationError: The server has not been started.

        Example:
            >>> with connections.override_all(lambda alias, settings: server.serve_game(settings)):
            ...     play()
        """
        given = cast("Mapping[str, str]", settings)
        if given.get("client_id") is not None:
            self.world.adopt_client(given["client_id"], given["redirect_uri"], given["client_secret"])
        kept = {name: value for name, value in settings.items() if name not in _ADDRESS_SETTINGS}
        own = {**kept, "url": self.url, **self._transport_settings(is_async=is_async)}
        return cast("AnySettings", cast("object", own))

    def _transport_settings(self, *, is_async: bool) -> dict[str, object]:
        if self._has_socket:
            return {}
        return {"transport": self.async_transport if is_async else self.transport}

    def _first_client(self) -> ClientRecord:
        games = self.world.clients()
        if not games:
            raise InvalidArgumentError("this server knows no game: add one to the configuration's seed.app")
        return games[0]

    # --- users, the clock, requests and faults

    def add_user(
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        is_administrator: bool = False,
    ) -> UserRecord:
        """Add a user.

        Args:
            username: The name to log in with.
            display_name: The name to show. None means the username with a capital first letter.
            password: The password. None means that the user cannot log in with a password.
            is_administrator: Whether the user is an administrator.

        Returns:
            The user.

        Raises:
            InvalidArgumentError: A name is malformed, or the username is taken.
        """
        return self.world.add_user(username, display_name, password, is_administrator)

    @property
    def clock(self) -> VirtualClock:
        """The clock of the server, which can be moved.

        Raises:
            ConfigurationError: The clock is the machine's, which cannot be moved.
        """
        clock = self.world.clock
        if not isinstance(clock, VirtualClock):
            raise ConfigurationError(
                "the clock is the machine's: create the server with clock='Virtual'", setting="clock"
            )
        return clock

    @property
    def requests(self) -> list[RecordedRequest]:
        """The newest requests, at most 10,000 and 64 MiB of them, in the order in which they arrived."""
        return self._request_log.requests

    def fail_next(
        self,
        status: int | None = 503,
        times: int = 1,
        delay: float = 0.0,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> None:
        """Make the next requests fail. A later call adds to an earlier one.

        Args:
            status: The status of the response, from 200 to 599. None only delays the usual response.
            times: The number of requests, at least 1.
            delay: The time to wait before the response, in seconds.
            path: Pattern of the paths (`fnmatch`), in which `*` matches any characters. None matches every path.
            headers: Header fields of the response, if it has a `status`.
            body: The body of the response: bytes or a string as they are, anything else as JSON.

        Raises:
            InvalidArgumentError: An argument is out of range, or `headers` or `body` is not possible with `status`.

        Example:
            >>> server.fail_next(503, times=2, path="/api/v1/users/*", headers={"Retry-After": "1"})
        """
        self._faults.fail_next(status, times, delay, path, headers, body)

    def reset(self) -> None:
        """Return to the seeds: remove users, sessions, requests and pending faults, and set the clock back."""
        self.world.reset()

    # --- sign-ins without a browser

    def login(self, user: UserLike | IdentifiedUser) -> str:
        """Open a session for a user.

        Args:
            user: The user: a record, a user of the client library, an id or a username.

        Returns:
            The value of the cookie `sid`.

        Raises:
            InvalidArgumentError: There is no such user, or the user is deleted.
        """
        return self.world.open_session(self._user_id(user))

    @clears_frames
    def authorize(self, url: str, user: UserLike | IdentifiedUser) -> str:
        """Follow an authorization URL as the player's browser does.

        The request is not among `requests` and meets no pending fault.

        Args:
            url: The URL, such as [`start_authorization`][eternaltwin.users.User.start_authorization] returns.
            user: The player: a record, a user of the client library, an id or a username.

        Returns:
            The URL of the game's callback, with the code and the state.

        Raises:
            InvalidArgumentError: There is no such user, the user is deleted, or the URL is not an authorization URL.
            RequestError: The server refuses, for example because the callback is not the registered one.
        """
        return self._browser.authorize(url, self._user_id(user))

    def _user_id(self, user: UserLike | IdentifiedUser) -> UUID:
        if isinstance(user, UUID):
            return user
        if isinstance(user, str):
            return self.world.user(user).id
        found = user.id if isinstance(user, UserRecord) else parse_uuid(user.identifier)
        if found is None:
            raise InvalidArgumentError("the user's identifier is not a UUID: pass a user of this server")
        return found

    @clears_frames
    def authorization_code(
        self,
        user: UserLike | IdentifiedUser,
        client: ClientLike | SigningInClient,
        *,
        state: str | None = None,
        scope: str = "base",
    ) -> tuple[str, str]:
        """Sign a player in to a game, and return what the game's callback receives.

        Args:
            user: The player: a record, a user of the client library, an id or a username.
            client: The game: a client of this library, or the record, the id or the key of one of the server's games.
            state: The state of the sign-in. None means a new one of the client, or a random string if the game is not
                given as a client.
            scope: Scopes that the game requests, separated by spaces.

        Returns:
            The code and the state.

        Raises:
            InvalidArgumentError: There is no such user, or the server knows no such game or scope (if `client` is not a
                client of this library).
            RequestError: The server refuses the client of this library, for example because its callback is not the
                registered one, or because there is no such scope.

        Example:
            >>> code, state = server.authorization_code(zoe, client)
            >>> User.from_authorization_code(code, state).username
            'Zoe'
        """
        if isinstance(client, ClientRecord | UUID | str):
            code = self.world.authorization_code(self._user_id(user), client, scope)
            return code, state if state is not None else secrets.token_urlsafe(16)
        url = client.authorization_url(state if state is not None else client.generate_state(), scope)
        callback = parse_qs(urlsplit(self.authorize(url, user)).query)
        return callback["code"][-1], callback["state"][-1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._url or 'not started'}>"
