"""Print the OpenAPI document: `python -m eternaltwin.devserver.openapi > docs/openapi.json`."""

from __future__ import annotations

import sys

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.openapi.document import build_document, document_as_text

sys.stdout.buffer.write(document_as_text(build_document(API_ENDPOINTS)).encode())
