"""Sign in with Eternaltwin, for Starlette. For FastAPI there is [`fastapi`][eternaltwin.integrations.fastapi].

Needs the extra `starlette`: `pip install "eternaltwin[starlette]"`.

Example:
    ```python
    login = EternaltwinLogin(os.environ["SECRET_KEY"])


    async def front(request: Request) -> Response:
        player = await login.optional_user(request)
        return HTMLResponse(f"Hello {escape(str(player))}!" if player else str(login.button(request)))


    app = Starlette(routes=[Route("/", front), *login.routes], lifespan=login.lifespan)
    ```
"""

from __future__ import annotations

from eternaltwin.integrations.shared.extras import check_installed, require

with require("starlette", starlette="starlette", itsdangerous="itsdangerous", jinja2="jinja2"):
    check_installed("jinja2")

    from eternaltwin.integrations.shared.strict_cookies import StrictCookieMiddleware
    from eternaltwin.integrations.starlette.login import EternaltwinLogin
    from eternaltwin.integrations.starlette.responses import SignInRequired

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import Button, Page
from eternaltwin.integrations.shared.players import Player

__all__ = ["FAILURES", "Button", "EternaltwinLogin", "Page", "Player", "SignInRequired", "StrictCookieMiddleware"]
