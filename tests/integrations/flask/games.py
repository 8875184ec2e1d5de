"""The game under test, for Flask, with and without Flask-Login."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import Flask, render_template_string, session

from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.flask import Eternaltwin, admin_required, current_user, login_required
from tests.integrations.support.visitors import GameResponse

if TYPE_CHECKING:
    from eternaltwin.login import Login
    from eternaltwin.users import User
    from tests.integrations.support.visitors import Send

SECRET = "a secret of the game, of more than 32 bytes"
SESSION_MAX_AGE = 3600

_PAGE = """<!doctype html><title>Game</title>
{% if eternaltwin.player %}
<p id="player">{{ eternaltwin.player }}</p>
{{ eternaltwin.logout_button() }}
{% else %}
<p id="guest">Nobody is signed in.</p>
{{ eternaltwin.button(next=eternaltwin.here) }}
{% endif %}
<a href="/elsewhere">Elsewhere</a>"""


def refuse_banned(finished: Login[User]) -> None:
    """Turn away the player Banned."""
    if finished.user.username == "Banned":
        raise AccountRefusedError("banned")


def make_app(**config: object) -> Flask:
    """Return an application without views."""
    app = Flask(__name__)
    settings = cast("dict[str, object]", app.config)
    settings.update({"SECRET_KEY": SECRET, "ETERNALTWIN_SESSION_MAX_AGE": SESSION_MAX_AGE, **config})
    return app


def make_game(**config: object) -> Flask:
    """Return a game with two connections, of which players use the first."""

    def me() -> str:
        return str(current_user)

    def other_me() -> str:
        return str(other.player)

    app = make_app(**config)
    eternaltwin = Eternaltwin(app)
    eternaltwin.on_login(refuse_banned)
    other = Eternaltwin(using="other", url_prefix="/other", name="other", config_prefix="OTHER_")
    other.init_app(app)
    app.add_url_rule("/me", "me", login_required(me))
    app.add_url_rule("/other/player", "other_me", other.login_required(other_me))
    app.add_url_rule("/admin", "admin", admin_required(me))
    app.add_url_rule("/cart", "cart", cart)
    app.add_url_rule("/cart/<item>", "fill", cart)
    for path in ("/", "/elsewhere", "/arena/<path:place>"):
        app.add_url_rule(path, "front", front)
    return app


def front(**_: str) -> str:
    """Show the signed-in player, and the button to sign in or out."""
    return render_template_string(_PAGE)


def cart(item: str | None = None) -> str:
    """Return the items in the session, and add one to them."""
    items = cast("list[str]", session.get("cart", []))
    if item is not None:
        session["cart"] = [*items, item]
    return ", ".join(items)


def wsgi_sender(app: Flask) -> Send:
    """Return a function that sends requests to a game."""

    def send(method: str, target: str, headers: dict[str, str], body: bytes) -> GameResponse:
        client = app.test_client(use_cookies=False)
        response = client.open(
            target,
            method=method,
            headers=dict(headers),
            data=body,
            base_url="http://testserver",
            follow_redirects=False,
        )
        return GameResponse(response.status_code, list(response.headers.items()), response.get_data(as_text=True))

    return send
