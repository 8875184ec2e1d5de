"""What the file runs: the command `eternaltwin`."""

from __future__ import annotations

from eternaltwin.cli import main

if __name__ == "__main__":
    main()
