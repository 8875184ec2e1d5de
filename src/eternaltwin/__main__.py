"""`python -m eternaltwin`: the command `eternaltwin`."""

from __future__ import annotations

from eternaltwin.cli import main

main()
