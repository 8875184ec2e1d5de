"""The game: one page and one form.

Its environment variables are `SECRET_KEY`, which signs the sessions, `ETERNALTWIN_CLIENT_ID` and the other
settings of the connection, `DATABASE`, the path of a SQLite file, and `REDIS_URL`, the store of used sign-ins,
which several processes require.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask, redirect, render_template, request

from eternaltwin.integrations.flask import Eternaltwin, current_user, login_required
from examples.shared.league import League
from examples.shared.names import named

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from eternaltwin import Login, User

SHARED = Path(__file__).resolve().parent.parent / "shared"
CSS = (SHARED / "game.css").read_text(encoding="utf-8")

app = Flask(__name__, template_folder=SHARED / "jinja")
app.config.from_mapping(
    {name: value for name, value in os.environ.items() if name.startswith(("ETERNALTWIN_", "SECRET_KEY"))},
    ETERNALTWIN_STORE=os.environ.get("REDIS_URL"),
)
eternaltwin = Eternaltwin(app, game_name="Five Dice", language="en")
league = League(os.environ["DATABASE"])


@eternaltwin.on_login
def welcome(login: Login[User]) -> None:
    """Store a player who has signed in, with their current display name."""
    league.welcome(login.user.identifier, login.user.username)


@app.context_processor
def shared() -> dict[str, object]:
    """Return the template variables of every page."""
    return {
        "css": CSS,
        "player": eternaltwin.player,
        "login_button": eternaltwin.button(next="/"),
        "logout_button": eternaltwin.logout_button(),
    }


@app.get("/")
def table() -> ResponseReturnValue:
    """Show the player's dice, or the button to sign in, and the leaderboards."""
    found = named(league.table(current_user.identifier or None))
    return render_template("table.html", league=found, has_just_thrown="thrown" in request.args)


@app.post("/roll")
@login_required
def roll() -> ResponseReturnValue:
    """Roll the dice, once a day."""
    eternaltwin.check_origin()
    league.throw(current_user.identifier)
    return redirect("/?thrown", 303)
