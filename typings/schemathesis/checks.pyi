from collections.abc import Callable
from typing import Any, TypeAlias

from schemathesis.core.transport import Response

Check: TypeAlias = Callable[[Any, Response, Any], bool | None]

def not_a_server_error(ctx: Any, response: Response, case: Any) -> bool | None: ...
