"""Prints the description: ``python -m eternaltwin.devserver.openapi > docs/openapi.json``."""

from __future__ import annotations

import sys

from eternaltwin.devserver.openapi import description_as_text

if __name__ == "__main__":
    sys.stdout.buffer.write(description_as_text().encode())
