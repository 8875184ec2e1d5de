"""What `serve` prints when it accepts requests, and what it prints about its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer, ServerConfig
    from eternaltwin.devserver.domain.versions import ApiVersion

#: The profile that people look for, and what it is called on the official server.
_MISTAKEN_PROFILE = "prod"


def start_report(server: DevServer, api_version: ApiVersion) -> Iterator[str]:
    """Describe a server that has started.

    Args:
        server: The server.
        api_version: The version of the official server that it behaves like.

    Yields:
        Lines. The first one does not change, so that programs can wait for it.
    """
    yield f"Eternaltwin development server ready at {server.url}"
    yield _played_version(api_version)
    yield from _files(server.config)
    yield from _games(server)
    yield f"Open {server.url}/ in a browser: requests and why they were refused, users, games, sign-ins, the clock"


def _played_version(api_version: ApiVersion) -> str:
    """Return which version the server behaves like, and what a game must not expect of eternaltwin.org for it."""
    from eternaltwin.devserver.domain.versions import behaviour_of

    behaviour = behaviour_of(api_version)
    calls = "User.search, find, count and iterate"
    if behaviour.lists_users:
        return (
            f"It plays the next version, {behaviour.version}. No released server can search users yet ({calls}):"
            " --api-version 0.16.4 plays the newest of them"
        )
    return f"It plays {behaviour.version}, the newest release, which cannot search users ({calls})"


def _files(config: ServerConfig) -> Iterator[str]:
    if config.source is None:
        yield f"It has found no eternaltwin.toml in {Path.cwd()} or above, and has the built-in users and games"
    else:
        bases = [str(path) for path in config.files if path != config.source]
        extended = f", which extends {', '.join(bases)}" if bases else ""
        yield f"It has read {config.source}{extended}, and reads it again when it changes"


def _games(server: DevServer) -> Iterator[str]:
    config = server.config
    if config.own_games:
        yield "The games of that file:"
        for key in config.own_games:
            game = server.world.client(key)
            yield f"  client_id {game.key}, callback {game.callback}"
    elif config.source is not None:
        yield "That file has no game: add [seed.app.mygame] with the oauth_callback of yours"


def config_notes(config: ServerConfig, profile: str) -> Iterator[str]:
    """Describe what is surprising in a configuration.

    Args:
        config: The settings.
        profile: Name of the profile that they were read for.

    Yields:
        Notes, each of which names what to do.
    """
    if profile == _MISTAKEN_PROFILE:
        yield (
            "the profile prod starts from the settings of dev, as on the official server,"
            " whose profile for production is called production"
        )
    for key in config.games_without_callback:
        callback = config.seed.app[key].oauth_callback
        yield (
            f"{config.source}: seed.app.{key} has no oauth_callback, so {callback} is used:"
            " write the address of your game's callback there"
        )
