"""Run the command line `eternaltwin` as `python -m eternaltwin`."""

from __future__ import annotations

from eternaltwin.cli import main

main()
