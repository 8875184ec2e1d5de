from collections.abc import Iterator
from typing import Any

from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.transport import Response

class Definition:
    raw: dict[str, Any]

class APIOperation:
    method: str
    path: str
    label: str
    definition: Definition
    def as_strategy(self, *, generation_mode: GenerationMode = ...) -> SearchStrategy[Case]: ...
    def validate_response(self, response: Response) -> bool | None: ...

class Specification:
    version: str

class Ok:
    def ok(self) -> APIOperation: ...

class OpenApiSchema:
    specification: Specification
    def validate(self) -> None: ...
    def get_all_operations(self) -> Iterator[Ok]: ...
    def find_operation_by_path(self, method: str, path: str) -> APIOperation | None: ...
