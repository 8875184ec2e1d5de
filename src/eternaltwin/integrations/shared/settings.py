"""The settings of a sign-in that the integrations have in common, and their checks."""

from __future__ import annotations

import hmac
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast
from urllib.parse import urlsplit

from eternaltwin.connections import DEFAULT_ALIAS, async_connections, offline_client
from eternaltwin.exceptions import ConfigurationError, EternalTwinError
from eternaltwin.integrations.shared.origins import checked_trusted_origins
from eternaltwin.integrations.shared.pages import SERVER_NAME, PageContext, login_label
from eternaltwin.integrations.shared.stores import find_store
from eternaltwin.keys import HS256Key
from eternaltwin.languages import LANGUAGES, choose_language
from eternaltwin.login import LoginFlow, safe_next
from eternaltwin.login.cookies import is_https
from eternaltwin.login.flow import COOKIE_NAME
from eternaltwin.login.settings import checked_age, checked_cookie_name, checked_origins, checked_secure
from eternaltwin.states import MAX_LIFE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.integrations.shared.pages import Page
    from eternaltwin.login import SingleUseStore
    from eternaltwin.login.tickets import Process
    from eternaltwin.users import User

#: Seconds until a session ends, by default: 14 days.
SESSION_MAX_AGE = 14 * 24 * 60 * 60

#: Seconds until a sign-in expires, by default.
LOGIN_MAX_AGE = 600

#: Maximum number of seconds until a session ends: 400 days, after which browsers delete every cookie.
LONGEST_SESSION = 400 * 24 * 60 * 60

#: Minimum length of a secret that signs sessions, in bytes.
MIN_SECRET_LENGTH = 32

#: Command that creates a secret, for messages.
NEW_SECRET = "python -c 'import secrets; print(secrets.token_hex(32))'"

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", re.ASCII)  # RFC 9110, section 5.6.2
_PREFIX = re.compile(r"(?:/[A-Za-z0-9._~-]+)*", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class LoginSettings:
    """The settings that the integrations of Flask, Starlette and FastAPI have in common.

    Attributes:
        store: Store of used sign-ins: `"memory"` (also None), `"sqlite:PATH"`, a URL such as
            `"redis://localhost:6379/0"`, or a store.
        scope: Scopes that the game requests, one or several.
        home: Path of the front page, to which a sign-in or sign-out without `next` redirects. None means the root
            of the application.
        session_max_age: Seconds until a session ends, 1 to 34,560,000 (400 days).
        login_max_age: Seconds until a sign-in expires, 1 to 86,400 (a day).
        login_cookie: Start of the names of the cookies that bind a sign-in to its browser.
        secure: Whether cookies are sent over https only. `"auto"` means whether `redirect_uri` is https.
        trusted_origins: Origins of front ends that may sign players in with scripts, and to which `next` may lead
            back, such as `"http://localhost:5173"`.
        domains: Origins of all domains of the game, if they share one callback, such as `"https://fr.game.example"`.
        language: Language of the buttons and pages, one of `LANGUAGES`. None means that of the player's browser.
        game_name: Name of the game, for the link to its front page. None means "Back to the front page".
        label: Name of the server on the buttons. None means Eternaltwin, and with several connections also the alias.

    Raises:
        ConfigurationError: A setting is not valid, except for `store`, which `flow` checks.
    """

    store: str | SingleUseStore | None = None
    scope: str | Iterable[str] = "base"
    home: str | None = None
    session_max_age: int = SESSION_MAX_AGE
    login_max_age: int = LOGIN_MAX_AGE
    login_cookie: str = COOKIE_NAME
    secure: bool | Literal["auto"] = "auto"
    trusted_origins: Collection[str] = ()
    domains: Collection[str] = ()
    language: str | None = None
    game_name: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        checked = {
            "scope": checked_scope(self.scope),
            "home": checked_home(self.home),
            "session_max_age": checked_age(self.session_max_age, LONGEST_SESSION, "session_max_age"),
            "login_max_age": checked_age(self.login_max_age, MAX_LIFE, "login_max_age"),
            "login_cookie": checked_cookie_name(self.login_cookie, "login_cookie"),
            "secure": checked_secure(self.secure),
            "trusted_origins": checked_trusted_origins(self.trusted_origins),
            "domains": checked_origins(self.domains, "domains"),
            "language": checked_language(self.language),
            "game_name": checked_name(self.game_name, "game_name"),
            "label": checked_name(self.label, "label"),
        }
        vars(self).update(checked)

    def flow(self, using: str | ClientABC) -> LoginFlow[User]:
        """Build the login flow of a connection.

        Args:
            using: Alias of the connection, or a client.

        Returns:
            The flow. A `store` given as a string is a new store for each flow.

        Raises:
            ConfigurationError: The store is not valid.
        """
        store = find_store("memory" if self.store is None else self.store)
        return LoginFlow(
            using,
            store,
            self.login_cookie,
            self.login_max_age,
            self.secure,
            trusted_origins=self.trusted_origins,
            domains=self.domains,
        )

    def is_session_secure(self, redirect_uri: str) -> bool:
        """Return whether the session cookie is sent over https only.

        Args:
            redirect_uri: Setting of the connection.

        Returns:
            True if `redirect_uri` is https, whatever `secure` is, or if `secure` is True.
        """
        return self.secure is True or is_https(redirect_uri)

    def language_for(self, accept_language: str) -> str:
        """Return the language of the response to a request.

        Args:
            accept_language: Header `Accept-Language` of the request, or an empty string.

        Returns:
            The setting `language`, or the best language for the header.
        """
        return self.language or choose_language(accept_language)

    def language_headers(self, page: Page) -> dict[str, str]:
        """Return the headers that describe the language of a page.

        Args:
            page: The page.

        Returns:
            `Content-Language`, and `Vary` if the language depends on the request.
        """
        vary = {"Vary": "Accept-Language"} if self.language is None else {}
        return {"Content-Language": page.language, **vary}

    def login_label(self, using: str | ClientABC, accept_language: str, process: Process = "login") -> str:
        """Return the label of the button that starts a sign-in.

        Args:
            using: Alias of the connection, or a client.
            accept_language: Header `Accept-Language` of the request, or an empty string.
            process: `"connect"` for a button that connects an account.

        Returns:
            The label, which names the connection if there are several.
        """
        return login_label(self.language_for(accept_language), process, self.label or server_name(using))

    def page_context(
        self, using: str | ClientABC, root: str, accept_language: str, player: str | None = None
    ) -> PageContext:
        """Return what the pages for a request have in common.

        Args:
            using: Alias of the connection, or a client.
            root: Path at which a proxy or a mount has the application, or an empty string.
            accept_language: Header `Accept-Language` of the request, or an empty string.
            player: Display name of the player who is signed in. None for guests.

        Returns:
            The context.
        """
        return PageContext(
            home=self.home_below(root),
            language=self.language_for(accept_language),
            game_name=self.game_name,
            player=player,
            eternaltwin_url=public_url_of(using),
        )

    def safe_next(self, destination: object) -> str | None:
        """Return a destination if it stays on the site, or leads to a trusted front end.

        Args:
            destination: What the browser sent: a value of any type, never trusted.

        Returns:
            The destination, or None if it is not safe.
        """
        return safe_next(destination, self.trusted_origins)

    def home_below(self, root: str) -> str:
        """Return the path of the front page.

        Args:
            root: Path at which a proxy or a mount has the application, or an empty string.

        Returns:
            The setting `home`, or the root. `/` if `root` is not a path of this site.
        """
        return self.home or safe_next(f"{root}/") or "/"


def server_name(using: str | ClientABC, aliases: Collection[str] | None = None) -> str:
    """Return what players call the server of a connection, if the game has no label for it.

    Args:
        using: Alias of the connection, or a client.
        aliases: Aliases of all connections that players can sign in with. None means all that are configured.

    Returns:
        `Eternaltwin`, with the alias unless it is `default` or the only one.
    """
    known = list(async_connections) if aliases is None else aliases
    has_own_name = isinstance(using, str) and using != DEFAULT_ALIAS and len(known) > 1
    return f"{SERVER_NAME} ({using})" if has_own_name else SERVER_NAME


def public_url_of(using: str | ClientABC) -> str | None:
    """Return the URL at which browsers reach the server of a connection.

    Args:
        using: Alias of the connection, or a client.

    Returns:
        The URL, or None if the connection is not configured.
    """
    try:
        return offline_client(using).public_url
    except EternalTwinError:
        return None


def checked_language(language: object) -> str | None:
    """Check the setting `language`.

    Args:
        language: One of `LANGUAGES`, or None.

    Returns:
        The same language.

    Raises:
        ConfigurationError: The library does not speak this language.
    """
    if language is not None and language not in LANGUAGES:
        raise ConfigurationError(
            f"language must be one of {', '.join(LANGUAGES)}, or None for that of the player's browser",
            setting="language",
        )
    return language


def checked_name(name: object, setting: str) -> str | None:
    """Check a name that players read.

    Args:
        name: The name, or None.
        setting: Name of the setting, for the error.

    Returns:
        The same name.

    Raises:
        ConfigurationError: It is not a string, or empty.
    """
    if name is not None and not (isinstance(name, str) and name.strip()):
        raise ConfigurationError(f"{setting} must be a name that players read, or None", setting=setting)
    return name


def checked_scope(scope: object) -> str | tuple[str, ...]:
    """Check the scopes that a game requests.

    Args:
        scope: A string, or an iterable of strings.

    Returns:
        The string, or a tuple of the strings.

    Raises:
        ConfigurationError: `scope` is something else, or has no elements.
    """
    if isinstance(scope, str):
        return scope
    parts = tuple(cast("Iterable[object]", scope)) if isinstance(scope, Iterable) else ()
    names = tuple(part for part in parts if isinstance(part, str))
    if not names or len(names) < len(parts):
        raise ConfigurationError("scope must be a string, such as 'base', or a list of strings", setting="scope")
    return names


def checked_home(path: object) -> str | None:
    """Check the path of the front page.

    Args:
        path: A path of this site, or None.

    Returns:
        The same path.

    Raises:
        ConfigurationError: It is something else.
    """
    if path is None:
        return None
    safe = safe_next(path)
    if safe is None:
        raise ConfigurationError("home must be a path of this site, such as '/'", setting="home")
    return safe


def checked_prefix(prefix: object, setting: str = "prefix") -> str:
    """Check the path below which the routes of a sign-in are.

    Args:
        prefix: A path without a final `/`, or an empty string.
        setting: Name of the setting, for the error.

    Returns:
        The same prefix.

    Raises:
        ConfigurationError: `prefix` is not such a path.
    """
    if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
        raise ConfigurationError(f"{setting} must be a path such as '/eternaltwin', or ''", setting=setting)
    return prefix


def checked_session_cookie(name: object) -> str | None:
    """Check the name of a session cookie.

    Args:
        name: The name, or None.

    Returns:
        The same name.

    Raises:
        ConfigurationError: `name` cannot be the name of a cookie.
    """
    if name is not None and not (isinstance(name, str) and _TOKEN.fullmatch(name)):
        raise ConfigurationError(
            "session_cookie must be the name of a cookie: letters, digits, '_', '-' and '.'", setting="session_cookie"
        )
    return name


def check_callable(function: object, setting: str) -> None:
    """Check that an application can be called back.

    Args:
        function: A function of the application, or None.
        setting: Name of the setting, for the error.

    Raises:
        ConfigurationError: `function` is something else.
    """
    if function is not None and not callable(function):
        raise ConfigurationError(f"{setting} must be a function", setting=setting)


def checked_secrets(secrets: object, setting: str = "secret_key") -> list[str]:
    """Check the secrets that sign sessions.

    Args:
        secrets: A string of at least 32 bytes, or a list of such strings, the newest first.
        setting: Name of the setting, for the error.

    Returns:
        The secrets, the newest first.

    Raises:
        ConfigurationError: There is no secret, or one is too short, or not a string.
    """
    given = [secrets] if isinstance(secrets, str) else secrets
    if not isinstance(given, list | tuple) or not given:
        raise ConfigurationError(f"{setting} must be a string, or a list of strings", setting=setting)
    candidates = cast("list[object] | tuple[object, ...]", given)
    for secret in candidates:
        check_secret(secret if isinstance(secret, str) else "", setting)
    return [str(secret) for secret in candidates]


def check_secret(secret: str | bytes, setting: str) -> None:
    """Check that a secret is long enough not to be guessed, since who knows it can sign in as any player.

    Args:
        secret: The secret that signs sessions.
        setting: Name of the setting, for the error.

    Raises:
        ConfigurationError: The secret is shorter than 32 bytes.
    """
    if len(as_bytes(secret)) < MIN_SECRET_LENGTH:
        raise ConfigurationError(
            f"{setting} must have at least {MIN_SECRET_LENGTH} random bytes: {NEW_SECRET}", setting=setting
        )


def as_bytes(secret: str | bytes) -> bytes:
    """Return a secret as bytes.

    Args:
        secret: The secret, as the configuration of a framework contains it.

    Returns:
        The UTF-8 encoding of a string, or the same bytes.
    """
    return secret.encode() if isinstance(secret, str) else secret


def with_state_key(
    given: Mapping[str, object], secrets: Iterable[tuple[str, str | bytes]], alias: str
) -> dict[str, object]:
    """Return the settings of a connection, with a `state_key` that is derived from the secrets of the application.

    Args:
        given: Settings of the connection. A `state_key` among them is kept.
        secrets: The name and the value of each secret in the configuration of the application, the newest first.
            They are read only if they are needed.
        alias: Alias of the connection.

    Returns:
        A copy of the settings.

    Raises:
        ConfigurationError: There is no secret, or one is too short.
    """
    if "state_key" in given:
        return dict(given)
    named = list(secrets)
    if not named:
        raise ConfigurationError(
            "set SECRET_KEY before the connection is configured: it signs the sessions and the states of sign-ins",
            setting="SECRET_KEY",
        )
    for name, secret in named:
        check_secret(secret, name)
    return {**given, "state_key": derived_state_keys([secret for _, secret in named], alias)}


def derived_state_keys(secrets: Iterable[str | bytes], alias: str) -> list[HS256Key]:
    """Derive the `state_key` of a connection from the secrets of the application, so that they are rotated together.

    Args:
        secrets: The secrets of the application, the newest first.
        alias: Alias of the connection. Every alias has different keys.

    Returns:
        A key for each secret, in the same order.
    """
    label = f"eternaltwin.state.{alias}".encode()
    return [HS256Key(hmac.digest(as_bytes(secret), label, "sha256")) for secret in secrets]


def check_callback(redirect_uri: str, prefix: str) -> None:
    """Check that `redirect_uri` is the URL of the callback.

    Only the end of its path is compared, since a proxy may have the application below another path.

    Args:
        redirect_uri: Setting of the connection.
        prefix: Path below which the routes are.

    Raises:
        ConfigurationError: `redirect_uri` is another URL.
    """
    expected = f"{prefix}/callback"
    if not urlsplit(redirect_uri).path.endswith(expected):
        raise ConfigurationError(
            f"redirect_uri is {redirect_uri}, but the callback is at {expected}: change one of them",
            setting="redirect_uri",
        )
