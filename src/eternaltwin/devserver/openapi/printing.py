"""The OpenAPI document as text."""

from __future__ import annotations

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.openapi.document import build_document, document_as_text


def printed_description() -> str:
    """Build the OpenAPI description of the API, as in `docs/openapi.json`.

    Returns:
        The document: indented JSON, with a line end.
    """
    return document_as_text(build_document(API_ENDPOINTS))
