"""The OpenAPI 3.1 description of Eternaltwin's API, made from the handlers and the models."""

from __future__ import annotations

from eternaltwin.devserver.openapi.document import description, description_as_text

__all__ = ["description", "description_as_text"]
