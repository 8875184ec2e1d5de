"""The command `openapi`: the description of the API."""

from __future__ import annotations

from pathlib import Path

import click

from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.options import DocumentedCommand


@click.command(cls=DocumentedCommand)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--control", "is_control", is_flag=True, help="Describe the control API of the development server.")
def openapi(output: Path | None, *, is_control: bool) -> None:
    """Print the OpenAPI description of Eternaltwin's API, as JSON.

    Args:
        output: The file to write. None means standard output.
        is_control: Whether to describe the control API of the development server instead.
    """
    from eternaltwin.devserver import printed_description

    text = printed_description(is_control=is_control)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as exc:
        raise CommandFailedError(f"{output} cannot be written: {exc.strerror}") from None
