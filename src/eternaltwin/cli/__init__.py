"""The command line `eternaltwin`. It needs the extra `cli`, and `server` for the development server."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line.

    The exit status is 0 on success, and otherwise one of those in `eternaltwin.cli.failures`.
    """
    try:
        from eternaltwin.cli.commands import cli

        cli(prog_name="eternaltwin")
    except KeyboardInterrupt:  # before or after a command
        sys.exit(130)
    except ModuleNotFoundError as exc:
        if exc.name != "click":
            raise
        from eternaltwin.exceptions import MissingExtraError

        missing = MissingExtraError(
            'the command line needs click: pip install "eternaltwin[cli,server]", or run it without an installation:'
            ' uvx --from "eternaltwin[server,cli]" eternaltwin',
            name="click",
        )
        sys.stderr.write(f"eternaltwin: {missing}\n")
        sys.exit(2)
