"""The development server as tests and the command line start it."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from eternaltwin.clients.endpoints import AUTHORIZATION
from eternaltwin.clients.http.requests import HTTPRequest
from eternaltwin.devserver.app import create_app
from eternaltwin.devserver.asgi.faults import Faults, FaultsMiddleware
from eternaltwin.devserver.asgi.in_process import URL, AsyncInProcessTransport, InProcessTransport
from eternaltwin.devserver.asgi.request_log import RequestLog, RequestLogMiddleware
from eternaltwin.devserver.config import config_of
from eternaltwin.devserver.domain.clock import VirtualClock
from eternaltwin.devserver.domain.records import ClientRecord, UserRecord
from eternaltwin.devserver.pages.home import HOME
from eternaltwin.devserver.services.world import World
from eternaltwin.exceptions import ConfigurationError, InvalidArgumentError, RequestError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping
    from types import TracebackType

    from eternaltwin.clients.settings import ConnectionSettings
    from eternaltwin.devserver.asgi.listening import BackgroundServer
    from eternaltwin.devserver.asgi.protocol import ASGIApp
    from eternaltwin.devserver.asgi.request_log import RecordedRequest
    from eternaltwin.devserver.config import ConfigSource
    from eternaltwin.devserver.config.types import ClockKind
    from eternaltwin.devserver.domain.records import ClientRef, UserRef
    from eternaltwin.devserver.domain.versions import ApiVersion
    from eternaltwin.responses import Response


class IdentifiedUser(Protocol):
    """A player as the client library has them, such as [`User`][eternaltwin.users.User]."""

    @property
    def identifier(self) -> str:
        """The UUID."""
        ...


class SigningInClient(Protocol):
    """A connection of the client library, of either colour."""

    @property
    def client_id(self) -> str:
        """The game's OAuth client."""
        ...

    def generate_state(self) -> str:
        """A state for a new sign-in."""
        ...

    def authorization_url(self, state: str, scope: str = "base") -> str:
        """Where to send the player's browser."""
        ...


class DevServer:
    """An Eternaltwin server of one's own, for tests: a context manager.

        with DevServer() as server:
            zoe = server.add_user("zoe")
            client = Eternaltwin(**server.connection_settings())
            code, state = server.authorization_code(zoe, client)

    Args:
        config: the settings, the file that holds them, or a mapping of the file's form that goes over
            the built-in seeds, such as `{"seed": {"app": {"mygame": {"oauth_callback": ...}}}}`.
        host: a name or an address of this machine.
        port: where to listen; 0 for any port that is free.
        api_version: `0.16.4` to do only what the released official server does.
        clock: `Virtual` for a clock that stands still until it is moved, `System` for the machine's; when
            absent, what `backend.clock` of the configuration says, and `Virtual` where it says nothing.
        on_answer: is told of each request when its answer begins.

    Raises:
        ConfigurationError: a setting is wrong.
    """

    def __init__(
        self,
        config: ConfigSource = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        api_version: ApiVersion = "latest",
        clock: ClockKind | None = None,
        on_answer: Callable[[RecordedRequest], None] | None = None,
    ) -> None:
        self.config = config_of(config, clock)
        self._host = host
        self._port = port
        self._api_version: ApiVersion = api_version
        self._journal = RequestLog(on_answer)
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
        """A server without a socket: clients reach it through `transport` and `async_transport`.

        It needs no start. The arguments are those of the class.
        """
        server = cls(config, api_version=api_version, clock=clock)
        server._has_socket = False
        server._url = URL
        return server

    def _open(self) -> None:
        self.world = World(self.config, api_version=self._api_version)
        app = create_app(self.world, self._journal, self._faults)
        self._app: ASGIApp = RequestLogMiddleware(FaultsMiddleware(app, self._faults, HOME), self._journal)
        self._browser = InProcessTransport(app)
        self._sessions: dict[UUID, str] = {}
        self._is_open = True

    # --- running

    def start(self) -> Self:
        """Begin to accept requests. A server that was stopped starts afresh, as another process would.

        Raises:
            ConfigurationError: the port is taken or may not be used, or the host is not this machine's.
        """
        if not self._is_open:
            self._open()
        if self._has_socket and self._background is None:
            from eternaltwin.devserver.asgi.listening import BackgroundServer

            self._background = BackgroundServer(self._app, self._listen())
        return self

    def serve_forever(self, on_ready: Callable[[socket.socket], None]) -> None:
        """Accept requests in this thread until SIGINT or SIGTERM comes, then stop.

        Args:
            on_ready: is called once requests are accepted, with the socket that accepts them.

        Raises:
            ConfigurationError: the port is taken or may not be used, or the host is not this machine's.
        """
        from eternaltwin.devserver.asgi.listening import HTTPServer

        listener = self._listen()
        try:
            HTTPServer(self._app, lambda: on_ready(listener)).run([listener])
        finally:
            self.stop()

    def _listen(self) -> socket.socket:
        from eternaltwin.devserver.asgi.listening import open_socket, url_of

        try:
            listener = open_socket(self._host, self._port)
        except ConfigurationError:
            self.stop()
            raise
        self._url = url_of(listener, self._host)
        return listener

    def stop(self) -> None:
        """Stop, and let go of everything; what is being answered may finish for half a second."""
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

    # --- reaching it

    @property
    def url(self) -> str:
        """The server's address, without a final `/`.

        Raises:
            ConfigurationError: it has not been started.
        """
        if self._url is None:
            raise ConfigurationError("the server has no address yet: call start(), or use it in a with statement")
        return self._url

    @property
    def transport(self) -> InProcessTransport:
        """Reaches the server without a socket: for the blocking client's setting `transport`."""
        return InProcessTransport(self._app, URL)

    @property
    def async_transport(self) -> AsyncInProcessTransport:
        """Reaches the server without a socket: for the asyncio client's setting `transport`."""
        return AsyncInProcessTransport(self._app, URL)

    def connection_settings(self, client: ClientRef | None = None, *, is_async: bool = False) -> ConnectionSettings:
        """The settings with which a client reaches this server as one of its games.

        Args:
            client: which game; by default the first one.
            is_async: whether they are for the asyncio client: matters only without a socket.

        Raises:
            InvalidArgumentError: there is no such game.
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

    def _first_client(self) -> ClientRecord:
        games = self.world.clients()
        if not games:
            raise InvalidArgumentError("this server knows no game: add one to the configuration's seed.app")
        return games[0]

    # --- what is in it

    def add_user(
        self,
        username: str,
        display_name: str | None = None,
        password: str | None = None,
        is_administrator: bool = False,
    ) -> UserRecord:
        """Add a user; the display name defaults to the username with a capital first letter.

        Raises:
            InvalidArgumentError: a name is malformed, or the username is taken.
        """
        return self.world.add_user(username, display_name, password, is_administrator)

    @property
    def clock(self) -> VirtualClock:
        """The server's clock, which can be moved.

        Raises:
            ConfigurationError: it is the machine's, which cannot.
        """
        clock = self.world.clock
        if not isinstance(clock, VirtualClock):
            raise ConfigurationError(
                "the clock is the machine's: make the server with clock='Virtual'", setting="clock"
            )
        return clock

    @property
    def requests(self) -> list[RecordedRequest]:
        """What the server was asked, the newest 10,000 at the most, in the order they arrived."""
        return self._journal.requests

    def fail_next(
        self,
        status: int | None = 503,
        times: int = 1,
        delay: float = 0.0,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> None:
        """Fail the next requests; see [`fail_next`][eternaltwin.devserver.asgi.faults.Faults.fail_next]."""
        self._faults.fail_next(status, times, delay, path, headers, body)

    def reset(self) -> None:
        """Forget everything but the seeds: users, sessions, requests, failures to come; set the clock back."""
        self.world.reset()
        self._sessions.clear()
        self._journal.clear()
        self._faults.clear()

    # --- what a player does in a browser, without one

    def login(self, user: UserRef | IdentifiedUser) -> str:
        """Log a user in and answer the session: the value of the cookie `sid`.

        Raises:
            InvalidArgumentError: there is no such user, or it is deleted.
        """
        return self.world.open_session(self._user_id(user))

    def authorize(self, url: str, user: UserRef | IdentifiedUser) -> str:
        """Do what the player's browser does with an authorization URL, and answer the callback's URL.

        It is not among `requests`, and meets no failure that was asked for.

        Args:
            url: such as [`start_authorization`][eternaltwin.users.User.start_authorization] answers.
            user: the player.

        Raises:
            InvalidArgumentError: there is no such user, or it is deleted; or the URL is another one.
            RequestError: the server refuses, for example since the callback is not the registered one.
        """
        parts = urlsplit(url)
        if not parts.path.endswith(AUTHORIZATION):
            raise InvalidArgumentError("this is no authorization URL: take the one that start_authorization() answers")
        answer = self._browse(f"{AUTHORIZATION}?{parts.query}", self._user_id(user))
        if answer.status_code != 303:
            raise RequestError(answer)
        return answer.headers["location"]

    def _browse(self, target: str, user_id: UUID) -> Response:
        """Ask as a player who stays logged in from one sign-in to the next, as long as the session is good."""
        sid = self._sessions.get(user_id)
        if sid is not None:
            answer = self._get(target, sid)
            if not answer.headers.get("location").startswith("/login"):
                return answer
        self._sessions[user_id] = sid = self.world.open_session(user_id)
        return self._get(target, sid)

    def _get(self, target: str, sid: str) -> Response:
        return self._browser.send(
            HTTPRequest(
                method="GET", target=target, headers={"cookie": f"sid={sid}"}, body=None, timeout=5, is_idempotent=True
            )
        )

    def _user_id(self, user: UserRef | IdentifiedUser) -> UUID:
        if isinstance(user, UUID):
            return user
        if isinstance(user, str):
            return self.world.user(user).id
        return user.id if isinstance(user, UserRecord) else UUID(user.identifier)

    def authorization_code(
        self,
        user: UserRef | IdentifiedUser,
        client: ClientRef | SigningInClient,
        *,
        state: str | None = None,
        scope: str = "base",
    ) -> tuple[str, str]:
        """What a player brings back to a game's callback, having signed in: `(code, state)`.

        Args:
            user: the player.
            client: the game: a client of this library, or what names one of the server's games.
            state: the state to bring back; by default one of the client's own, or a random text for
                a game that is only named.
            scope: what the game asks for.

        Raises:
            InvalidArgumentError: there is no such user, game or scope.
            RequestError: the server refuses, for example since the callback is not the registered one.
        """
        if isinstance(client, ClientRecord | UUID | str):
            code = self.world.authorization_code(self._user_id(user), client, scope)
            return code, state if state is not None else secrets.token_urlsafe(16)
        sent = state if state is not None else client.generate_state()
        callback = parse_qs(urlsplit(self.authorize(client.authorization_url(sent, scope), user)).query)
        return callback["code"][-1], callback["state"][-1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._url or 'not started'}>"
