"""The OpenAPI documents as text."""

from __future__ import annotations

from eternaltwin.devserver.api.routes import API_ENDPOINTS
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.devserver.openapi.document import CONTROL_API, build_document, document_as_text


def printed_description(*, is_control: bool = False) -> str:
    """Build an OpenAPI description, as in `docs/openapi.json` and `docs/openapi-control.json`.

    Args:
        is_control: Whether to describe the control API of the development server instead of Eternaltwin's.

    Returns:
        The document: indented JSON, with a line end.
    """
    document = build_document(CONTROL_ENDPOINTS, CONTROL_API) if is_control else build_document(API_ENDPOINTS)
    return document_as_text(document)
