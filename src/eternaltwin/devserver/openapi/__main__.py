"""Print the OpenAPI document: `python -m eternaltwin.devserver.openapi > docs/openapi.json`."""

from __future__ import annotations

import sys

from eternaltwin.devserver.openapi.printing import printed_description

sys.stdout.buffer.write(printed_description().encode())
