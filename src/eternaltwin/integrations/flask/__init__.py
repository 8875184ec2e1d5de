"""Sign in with Eternaltwin, for Flask.

Needs the extra `flask`: `pip install "eternaltwin[flask]"`.

Example:
    ```python
    app = Flask(__name__)
    app.config.from_prefixed_env()  # FLASK_SECRET_KEY, FLASK_ETERNALTWIN_CLIENT_ID, ...
    eternaltwin = Eternaltwin(app)


    @app.get("/arena")
    @login_required
    def arena():
        return f"Hello {escape(current_user.display_name)}!"
    ```

    In a template: `{{ eternaltwin.button(next=eternaltwin.here) }}` and `{{ eternaltwin.logout_button() }}`.
"""

from __future__ import annotations

from eternaltwin.integrations.shared.extras import require

with require("flask", flask="flask", werkzeug="werkzeug"):
    from eternaltwin.integrations.flask.extension import Eternaltwin
    from eternaltwin.integrations.flask.users import (
        AnonymousPlayer,
        Guest,
        admin_required,
        current_user,
        login_required,
    )

from eternaltwin.integrations.shared.failures import FAILURES
from eternaltwin.integrations.shared.pages import Button, Page
from eternaltwin.integrations.shared.players import Player

__all__ = [
    "FAILURES",
    "AnonymousPlayer",
    "Button",
    "Eternaltwin",
    "Guest",
    "Page",
    "Player",
    "admin_required",
    "current_user",
    "login_required",
]
