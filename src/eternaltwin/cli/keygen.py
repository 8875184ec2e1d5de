"""The command `keygen`: new keys that sign the state of sign-ins."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from eternaltwin.cli.key_pairs import PAIR_ALGORITHMS, fresh_pair
from eternaltwin.cli.options import DocumentedCommand, json_option
from eternaltwin.cli.output import note, print_json
from eternaltwin.cli.private_files import OWNER_ONLY, write_new
from eternaltwin.cli.scaffolds import fresh_secret
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from eternaltwin.cli.key_pairs import PairAlgorithm

_HS256 = "HS256"


@click.command(cls=DocumentedCommand)
@click.option(
    "--algorithm",
    type=click.Choice([_HS256, *PAIR_ALGORITHMS]),
    default=_HS256,
    show_default=True,
    help="The algorithm of the key.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file for the key, which only you can read. The public key of a pair is in a file with .pub added.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@json_option
@clears_frames
def keygen(algorithm: str, output: Path | None, *, force: bool, is_json: bool) -> None:
    """Make a new key for the states of sign-ins, the setting state_key.

    Args:
        algorithm: Name of the algorithm.
        output: File for the key. None means standard output.
        force: Whether to replace files that exist.
        is_json: Whether to print JSON.
    """
    secret, public = _fresh_key(algorithm)
    if output is None:
        _print(algorithm, secret, public, is_json=is_json)
        return
    files = {"key_file": str(output)}
    write_new(output, secret, mode=OWNER_ONLY, replaces=force)
    if public is not None:
        public_file = output.with_name(f"{output.name}.pub")
        write_new(public_file, public, replaces=force)
        files["public_key_file"] = str(public_file)
    if is_json:
        print_json({"algorithm": algorithm, **files})
        return
    note(f"wrote {' and '.join(files.values())}")


def _fresh_key(algorithm: str) -> tuple[str, str | None]:
    """Return a secret or private key, and the public key if there is one, each with a line end."""
    if algorithm == _HS256:
        return f"{fresh_secret()}\n", None
    pair = fresh_pair(cast("PairAlgorithm", algorithm))
    return str(pair.private), pair.public


def _print(algorithm: str, secret: str, public: str | None, *, is_json: bool) -> None:
    if is_json:
        parts = {"key": secret.strip()} if public is None else {"private_key": secret, "public_key": public}
        print_json({"algorithm": algorithm, **parts})
        return
    click.echo(f"{secret}{public or ''}", nl=False)
