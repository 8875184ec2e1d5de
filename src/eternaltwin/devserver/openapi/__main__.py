"""Print an OpenAPI document.

- `python -m eternaltwin.devserver.openapi > docs/openapi.json` prints that of the API,
- `python -m eternaltwin.devserver.openapi control > docs/openapi-control.json` that of the control API.
"""

from __future__ import annotations

import sys

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.devserver.openapi.document import CONTROL_API, build_document, document_as_text

is_control = sys.argv[1:] == ["control"]
document = build_document(CONTROL_ENDPOINTS, CONTROL_API) if is_control else build_document(API_ENDPOINTS)
sys.stdout.buffer.write(document_as_text(document).encode())
