from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any

from schemathesis import openapi as openapi
from schemathesis.checks import Check
from schemathesis.core.transport import Response

class GenerationMode(Enum):
    POSITIVE = ...
    NEGATIVE = ...

class Case:
    path_parameters: dict[str, Any]
    body: object
    @property
    def formatted_path(self) -> str: ...
    def call_and_validate(
        self, *, headers: dict[str, str] | None = None, checks: Sequence[Check] | None = None, app: object
    ) -> Response: ...

class SerializationContext: ...

def serializer(
    *media_types: str,
) -> Callable[[Callable[[SerializationContext, object], bytes]], Callable[[SerializationContext, object], bytes]]: ...
