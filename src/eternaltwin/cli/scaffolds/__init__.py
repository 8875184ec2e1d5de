"""What a new game needs to sign players in: its configuration, its environment, and the code for its framework.

The templates are the files of this folder.
"""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import Literal, NamedTuple, get_args
from unicodedata import normalize
from urllib.parse import urlsplit

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.hidden import HiddenStr, hide
from eternaltwin.rules.accounts import USERNAME_RULE
from eternaltwin.rules.clients import CLIENT_KEY_SUFFIX, is_client_key

Framework = Literal["django", "fastapi", "flask", "starlette", "plain"]

#: All frameworks, in the order of which wins if a project depends on several.
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)

CONFIGURATION_FILE = "eternaltwin.toml"
ENVIRONMENT_FILE = "eternaltwin.env"

#: Where `eternaltwin serve` listens, unless it is told another port.
DEVELOPMENT_URL = "http://127.0.0.1:50320"

_CALLBACK = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)+/?")
_NO_KEY = re.compile(r"[^a-z0-9]+")

#: Callback, ending of it, and extras of the package, by framework.
_CALLBACK_PATHS: dict[Framework, str] = {
    "django": "/eternaltwin/callback/",
    "fastapi": "/eternaltwin/callback",
    "flask": "/eternaltwin/callback",
    "starlette": "/eternaltwin/callback",
    "plain": "/oauth/callback",
}


class ProjectFile(NamedTuple):
    """A file of a game, or a part of one.

    Attributes:
        path: Its path in the folder of the game.
        content: The content.
        is_addition: Whether the content belongs at the end of a file that exists.
    """

    path: str
    content: str
    is_addition: bool = False


@dataclass(frozen=True)
class GameScaffold:
    """A new game.

    Args:
        name: Its name, as players see it.
        key: Its key: `KEY@clients` is its `client_id`.
        framework: Its web framework; `plain` for any other.
        callback: Its redirect URI, which has a path. None means that of the framework on http://localhost:8000.
        settings_module: Name of the module with the settings of Django.

    Raises:
        InvalidArgumentError: A value is malformed, or the framework cannot have such a callback.
    """

    name: str
    key: str
    framework: Framework
    callback: str
    settings_module: str

    def __post_init__(self) -> None:
        if not self.name.isprintable() or not self.name.strip():
            raise InvalidArgumentError("the name of a game must be one line of text")
        if not is_client_key(f"{self.key}{CLIENT_KEY_SUFFIX}"):
            raise InvalidArgumentError(f"the key of a game must be {USERNAME_RULE}: {self.key!r} is not: give --key")
        if _CALLBACK.fullmatch(self.callback) is None:
            raise InvalidArgumentError(
                "the callback must be a URL with a path and without a query, such as"
                f" {default_callback(self.framework)}"
            )
        ending = _ending(self.framework)
        if not self.callback.endswith(ending) or not self._route:
            raise InvalidArgumentError(
                f"the callback of a {self.framework} game must end with {ending} below a folder, as"
                f" {default_callback(self.framework)} does"
            )

    @property
    def configuration(self) -> ProjectFile:
        """The configuration of the development server."""
        return ProjectFile(CONFIGURATION_FILE, self._filled("configuration.txt"))

    def environment(self) -> ProjectFile:
        """Build the environment of the game, with fresh secrets.

        Returns:
            The file with the environment. Its content is hidden in a `repr`.
        """
        filled = self._filled("environment.txt", state_key=fresh_secret(), secret_key=fresh_secret())
        needed = [line for line in filled.splitlines() if self._needs(line)]
        return ProjectFile(ENVIRONMENT_FILE, hide("".join(f"{line}\n" for line in needed)))

    @property
    def code(self) -> list[ProjectFile]:
        """The code: a whole game, or what a Django project needs in addition."""
        if self.framework != "django":
            return [ProjectFile("game.py", self._filled(f"{self.framework}.txt"))]
        package = self.settings_module.rpartition(".")[0].replace(".", "/")
        folder = f"{package}/" if package else ""
        settings = f"{self.settings_module.replace('.', '/')}.py"
        return [
            ProjectFile(settings, self._filled("django_settings.txt"), is_addition=True),
            ProjectFile(f"{folder}urls.py", self._filled("django_urls.txt"), is_addition=True),
            ProjectFile("templates/home.html", _template("django_home.txt")),
        ]

    @property
    def commands(self) -> list[str]:
        """The commands that install, configure and start the game, for a POSIX shell."""
        extras = "server,cli" if self.framework == "plain" else f"{self.framework},server,cli"
        return [
            f'pip install "eternaltwin[{extras}]"{self._web_server}',
            "eternaltwin serve &",
            f"set -a; . ./{ENVIRONMENT_FILE}; set +a",
            *self._start,
        ]

    @property
    def address(self) -> str:
        """The address of the front page, with the host of the callback, to which the browser sends its cookies."""
        return f"{self._origin}/"

    @property
    def _origin(self) -> str:
        parts = urlsplit(self.callback)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def _path(self) -> str:
        return urlsplit(self.callback).path

    @property
    def _route(self) -> str:
        """The path above the callback, without slashes at its ends."""
        return self._path.removesuffix(_ending(self.framework)).strip("/")

    @property
    def _port(self) -> int:
        return urlsplit(self.callback).port or 8000

    @property
    def _web_server(self) -> str:
        return " uvicorn" if self.framework in ("fastapi", "starlette") else ""

    @property
    def _start(self) -> list[str]:
        match self.framework:
            case "django":
                return ["python manage.py migrate", f"python manage.py runserver localhost:{self._port}"]
            case "flask":
                return [f"flask --app game run --port {self._port}"]
            case "plain":
                return ["python game.py"]
            case _:
                return [f"uvicorn game:app --port {self._port}"]

    def _needs(self, line: str) -> bool:
        """Return whether a line of the environment is read: only frameworks with sessions of ours read SECRET_KEY."""
        return self.framework not in ("django", "plain") or not line.startswith("SECRET_KEY=")

    def _filled(self, template: str, **secrets_: str) -> str:
        return Template(_template(template)).substitute(
            key=self.key,
            quoted_name=json.dumps(self.name, ensure_ascii=False),
            origin=self._origin,
            callback=self.callback,
            callback_path=self._path,
            prefix=f"/{self._route}",
            route=self._route,
            host=urlsplit(self.callback).hostname,
            port=self._port,
            url=DEVELOPMENT_URL,
            **secrets_,
        )


def default_callback(framework: Framework) -> str:
    """Return the callback of a new game on this machine.

    Args:
        framework: The web framework.

    Returns:
        The redirect URI.
    """
    return f"http://localhost:8000{_CALLBACK_PATHS[framework]}"


def key_of(name: str) -> str:
    """Return a key for a game.

    Args:
        name: Name of the game.

    Returns:
        The letters and the digits of the name, in lower case and without accents, with `_` between words. It may be
        too short, or start with a digit.
    """
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NO_KEY.sub("_", plain).strip("_")[:32]


def fresh_secret() -> HiddenStr:
    """Return a new secret, for an `HS256Key` or to sign sessions.

    Returns:
        43 characters of base64url, which are 256 random bits.
    """
    return hide(secrets.token_urlsafe(32))


def _ending(framework: Framework) -> str:
    """Return the end of a callback, which the integration decides. A game without one decides by itself."""
    return "" if framework == "plain" else f"/{_CALLBACK_PATHS[framework].partition('/eternaltwin/')[2]}"


def _template(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
