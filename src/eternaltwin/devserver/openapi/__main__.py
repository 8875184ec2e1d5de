"""Prints the description: `python -m eternaltwin.devserver.openapi > docs/openapi.json`."""

from __future__ import annotations

import sys

from eternaltwin.devserver.openapi import description_as_text

sys.stdout.buffer.write(description_as_text().encode())
