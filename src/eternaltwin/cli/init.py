"""The command `init`: what a new game needs to sign players in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.options import DocumentedCommand, json_option
from eternaltwin.cli.output import note, print_json
from eternaltwin.cli.private_files import OWNER_ONLY, write_new
from eternaltwin.cli.project_dependencies import find_framework, find_settings_module
from eternaltwin.cli.scaffolds import ENVIRONMENT_FILE, FRAMEWORKS, GameScaffold, default_callback, key_of

if TYPE_CHECKING:
    from eternaltwin.cli.scaffolds import Framework, ProjectFile

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(cls=DocumentedCommand)
@click.option("--name", help="Name of the game, as players see it.  [default: the name of the folder]")
@click.option("--key", help="The game's client_id, without @clients.  [default: made of the name]")
@click.option("--callback", metavar="URL", help="The game's redirect URI.  [default: on http://localhost:8000]")
@click.option(
    "--framework", type=click.Choice(FRAMEWORKS), help="The web framework.  [default: found in the dependencies]"
)
@click.option("--folder", type=_FOLDER, default=".", help="The folder of the game.  [default: the working folder]")
@click.option("--apply", "applies", is_flag=True, help=f"Write {ENVIRONMENT_FILE} and .gitignore, instead of printing.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@json_option
def init(
    name: str | None,
    key: str | None,
    callback: str | None,
    framework: str | None,
    folder: Path,
    *,
    applies: bool,
    force: bool,
    is_json: bool,
) -> None:
    """Write eternaltwin.toml for a game, and print what its framework needs, with fresh keys.

    Args:
        name: Name of the game.
        key: Key of the game.
        callback: Redirect URI of the game.
        framework: The web framework.
        folder: Folder of the game.
        applies: Whether to write the environment and `.gitignore`.
        force: Whether to replace files that exist.
        is_json: Whether to print JSON.
    """
    chosen = cast("Framework", framework) if framework is not None else _found_framework(folder)
    game = _game(name or folder.resolve().name, key, callback, chosen, folder)
    written, printed = [game.configuration], [game.environment(), *game.code]
    if applies:
        written, printed = [*written, printed[0]], game.code
    _write(folder, written, replaces=force)
    ignored = applies and _ignore(folder / ".gitignore")
    if is_json:
        _print_json(game, written, printed, ignored=ignored)
        return
    _report(written, ignored=ignored)
    _print(game, printed)


def _found_framework(folder: Path) -> Framework:
    found = find_framework(folder)
    if found is None:
        note("no web framework is among the dependencies: this is for a game without one; choose with --framework")
    return found or "plain"


def _game(name: str, key: str | None, callback: str | None, framework: Framework, folder: Path) -> GameScaffold:
    chosen_key = key_of(name) if key is None else key
    return GameScaffold(
        name,
        chosen_key,
        framework,
        default_callback(framework) if callback is None else callback,
        find_settings_module(folder) or f"{chosen_key}.settings",
    )


def _write(folder: Path, files: list[ProjectFile], *, replaces: bool) -> None:
    """Write all files or, if one exists, none."""
    existing = [file.path for file in files if (folder / file.path).exists() and not replaces]
    if existing:
        raise CommandFailedError(f"{' and '.join(existing)} exists", "move it, or replace it with --force")
    for file in files:
        mode = OWNER_ONLY if file.path == ENVIRONMENT_FILE else 0o666
        write_new(folder / file.path, file.content, mode=mode, replaces=replaces)


def _ignore(file: Path) -> bool:
    """Add the file with the secrets to those that Git ignores, and return whether it was not among them."""
    try:
        content = file.read_text(encoding="utf-8") if file.exists() else ""
        if ENVIRONMENT_FILE in content.split():
            return False
        separator = "" if not content or content.endswith("\n") else "\n"
        with file.open("a", encoding="utf-8", newline="") as opened:
            opened.write(f"{separator}{ENVIRONMENT_FILE}\n")
    except (OSError, UnicodeDecodeError):
        note(f"{file} cannot be changed: add {ENVIRONMENT_FILE} to it, which contains secrets")
        return False
    return True


def _report(written: list[ProjectFile], *, ignored: bool) -> None:
    note(f"wrote {' and '.join(file.path for file in written)}; to undo it, delete what was written")
    if ignored:
        note(f"added {ENVIRONMENT_FILE} to .gitignore; to undo it, remove its last line")


def _print(game: GameScaffold, printed: list[ProjectFile]) -> None:
    for file in printed:
        place = "at the end of " if file.is_addition else ""
        click.echo(f"# ---- {place}{file.path} ----\n{file.content}")
    click.echo("# ---- in a shell ----")
    for command in game.commands:
        click.echo(command)
    click.echo(f"# then open {game.address}")


def _print_json(game: GameScaffold, written: list[ProjectFile], printed: list[ProjectFile], *, ignored: bool) -> None:
    print_json(
        {
            "framework": game.framework,
            "client_id": f"{game.key}@clients",
            "callback": game.callback,
            "address": game.address,
            "written": [file.path for file in written],
            "ignored": [ENVIRONMENT_FILE] if ignored else [],
            "files": [
                {"path": file.path, "is_addition": file.is_addition, "content": str(file.content)} for file in printed
            ],
            "commands": game.commands,
        }
    )
