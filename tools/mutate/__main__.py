"""Runs the command `python -m tools.mutate`."""

import sys

from tools.mutate.cli import main

sys.exit(main())
