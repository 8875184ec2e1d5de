"""Print an OpenAPI document.

- `python -m eternaltwin.devserver.openapi > docs/openapi.json` prints that of the API,
- `python -m eternaltwin.devserver.openapi control > docs/openapi-control.json` that of the control API.
"""

from __future__ import annotations

import sys

from eternaltwin.devserver.openapi.printing import printed_description

is_control = sys.argv[1:] == ["control"]
sys.stdout.buffer.write(printed_description(is_control=is_control).encode())
