from typing import Any

from schemathesis.schemas import OpenApiSchema

def from_dict(schema: dict[str, Any]) -> OpenApiSchema: ...
