"""The command line `eternaltwin`. It needs the extra `cli`, and `server` for the development server."""

from __future__ import annotations

import errno
import sys

#: Errors of a full or broken disk to which standard output goes. Commands handle those of their own files.
_OUTPUT_LOST = (errno.ENOSPC, errno.EFBIG, errno.EIO)


def main() -> None:
    """Run the command line.

    The exit status is 0 on success, and otherwise one of those in `eternaltwin.cli.failures`.
    """
    try:
        from eternaltwin.cli.commands import cli

        cli(prog_name="eternaltwin")
    except KeyboardInterrupt:  # before or after a command
        sys.exit(130)
    except OSError as exc:
        if exc.errno not in _OUTPUT_LOST:
            raise
        sys.stderr.write(f"eternaltwin: what it printed is incomplete, since it cannot be written: {exc.strerror}\n")
        sys.exit(1)
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
