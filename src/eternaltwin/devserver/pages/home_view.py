"""How the page at `/` looks."""

from __future__ import annotations

from datetime import datetime
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from eternaltwin.devserver.asgi.faults import Fault
from eternaltwin.devserver.asgi.request_log import RecordedRequest
from eternaltwin.devserver.domain.records import ClientRecord, RecentSignIn, UserRecord
from eternaltwin.devserver.pages.frame import bidi, button, document, hidden, submit

if TYPE_CHECKING:
    from collections.abc import Iterable

#: How much of each list is shown.
PLAYERS_SHOWN, SIGN_INS_SHOWN, REQUESTS_SHOWN = 20, 8, 30

#: The columns that hold numbers.
_NUMBERS = ("Status", "Took")

_STEPS = {"1 minute": 60, "10 minutes": 600, "1 hour": 3600, "1 day": 86_400, "30 days": 30 * 86_400}


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows.

    Attributes:
        is_movable: whether the clock is one that can be moved.
        players: the first players that match `search`.
        count: how many players match it.
        requests: the newest first.
        problem: what is wrong with what was asked for last.
        typed: the fields of the form that has to be shown again.
    """

    now: datetime
    is_movable: bool
    players: list[UserRecord]
    count: int
    search: str
    games: list[ClientRecord]
    sign_ins: list[RecentSignIn]
    requests: list[RecordedRequest]
    faults: list[Fault]
    problem: str | None
    typed: dict[str, str]


def render_home(home: Home) -> str:
    """The page as HTML."""
    notice = "" if home.problem is None else f'<p class="notice" role="alert">{escape(home.problem)}</p>\n'
    left = f"<div>{_clock(home)}{_requests(home)}{_faults(home)}{_sign_ins(home)}</div>"
    right = f"<div>{_players(home)}{_games(home)}</div>"
    main = f'<h1>What happens here</h1>\n{notice}<div class="dashboard">{left}{right}</div>{_reset()}'
    footer = 'Reload to see what is new. <a href="/login">Log in</a> to be one of the players in this browser.'
    error = "" if home.problem is None else "Error: "
    return document(f"{error}What happens here", main, footer)


# --- parts


def _clock(home: Home) -> str:
    time = f'<p class="big"><time datetime="{home.now.isoformat()}">{home.now:%Y-%m-%d %H:%M:%S}</time> UTC</p>'
    if not home.is_movable:
        hint = 'It is the machine\'s clock. With <code>clock = "Virtual"</code> in the configuration it can be moved.'
        return _card("Clock", f'{time}<p class="soft">{hint}</p>')
    steps = "".join(button("seconds", str(seconds), f"+ {name}", "quiet") for name, seconds in _STEPS.items())
    exact = (
        f'<label>Time in UTC<input name="time" type="datetime-local" step="1" value="{home.now:%Y-%m-%dT%H:%M:%S}"'
        " required></label>"
    )
    drawer = _drawer("Set it", _form("set_clock", f"{_fields(exact)}{submit('Set', 'primary')}"))
    return _card("Clock", f"{time}{_form('advance', f'<div class=row>{steps}</div>')}{drawer}")


def _requests(home: Home) -> str:
    rows = (
        [f"<code>{escape(each.method)}</code> {escape(each.path)}", _status(each), _duration(each)]
        for each in home.requests
    )
    return _card("Requests", _table(["Request", "Status", "Took"], rows, "Nobody has asked anything yet."))


def _status(request: RecordedRequest) -> str:
    if request.status is None:
        return "…"
    kind = "bad" if request.status >= 400 else "good"
    return f'<span class="{kind}">{request.status}</span>'


def _duration(request: RecordedRequest) -> str:
    return "" if request.duration is None else f"{request.duration * 1000:.1f} ms"


def _faults(home: Home) -> str:
    rows = (
        [str(len(list(same))), _effect(fault), escape(fault.path or "any path")] for fault, same in groupby(home.faults)
    )
    table = _table(["Requests", "Effect", "Path"], rows, "The next requests will be answered as they should.")
    clear = _form("clear_faults", submit("Let nothing fail")) if home.faults else ""
    fields = _fields(
        _field(home, "status", "Status", "503", "number"),
        _field(home, "times", "Requests", "1", "number"),
        _field(home, "delay", "Delay in seconds", "0"),
        _field(home, "path", "Path, * for any text"),
    )
    drawer = _drawer("Let requests fail", _form("fail", f"{fields}{submit('Let them fail', 'primary')}"))
    return _card("Failures to come", f"{table}{clear}{drawer}")


def _effect(fault: Fault) -> str:
    answer = "answered as ever" if fault.status is None else f"answered with {fault.status}"
    return f"{answer}, {fault.delay:g} s late" if fault.delay else answer


def _sign_ins(home: Home) -> str:
    rows = ([f"{each.time:%H:%M:%S}", bidi(each.player), bidi(each.game)] for each in home.sign_ins)
    return _card("Sign-ins", _table(["Time", "Player", "Game"], rows, "Nobody has signed in with a game yet."))


def _players(home: Home) -> str:
    rows = ([_who(user), f"<code>{user.id}</code>", _changes(user)] for user in home.players)
    table = _table(["Player", "Id", "Change"], rows, "There is no such player.")
    fields = _fields(
        _field(home, "username", "Name to log in with"),
        _field(home, "display_name", "Display name"),
        _field(home, "password", "Password", kind="password"),
    )
    drawer = _drawer("Add a player", _form("add_player", f"{fields}{submit('Add', 'primary')}"))
    return _card("Players", f"{_search(home)}{table}{drawer}")


def _search(home: Home) -> str:
    return (
        '<form class="search" method="get" action="/" role="search"><label for="q">Find a player</label>'
        f'<div class="row"><input id="q" name="q" type="search" autocomplete="off" value="{escape(home.search)}">'
        f'{submit("Find")}</div><p class="count">{len(home.players)} of {home.count} players</p></form>'
    )


def _who(user: UserRecord) -> str:
    admin = '<span class="admin">administrator</span>' if user.is_administrator else ""
    login = f'<br><span class="soft">{escape(user.username)}</span>' if user.username else ""
    return f"<strong>{bidi(user.display_name)}</strong>{admin}{login}"


def _changes(user: UserRecord) -> str:
    player = hidden("player", str(user.id))
    name = f'<input name="display_name" aria-label="New display name" value="{escape(user.display_name)}" required>'
    rename = _form("rename", f'{player}<div class="row">{name}{submit("Rename")}</div>')
    delete = _form("delete", f"{player}{submit('Delete')}")
    return f'<details class="change"><summary>Change</summary>{rename}{delete}</details>'


def _games(home: Home) -> str:
    rows = (
        [f"<strong>{bidi(game.display_name)}</strong><br><code>{escape(game.key)}</code>", _callback(game)]
        for game in home.games
    )
    fields = _fields(_field(home, "game", "Key"), _field(home, "callback", "Callback"))
    drawer = _drawer("Add a game, or change its callback", _form("put_game", f"{fields}{submit('Save', 'primary')}"))
    return _card("Games", f"{_table(['Game', 'Callback'], rows, 'The configuration has no seed.app.')}{drawer}")


def _callback(game: ClientRecord) -> str:
    parts = urlsplit(game.callback)
    return f"{escape(parts.netloc)}<wbr>{escape(parts.path)}"


def _reset() -> str:
    text = "Forget everything but the seeds"
    return f'<div class="refuse">{_form("reset", submit(text))}</div>\n'


# --- pieces


def _card(title: str, inner: str) -> str:
    return f'<section class="card"><h2>{title}</h2>{inner}</section>\n'


def _drawer(title: str, inner: str) -> str:
    return f"<details><summary>{title}</summary>{inner}</details>"


def _form(action: str, inner: str) -> str:
    return f'<form method="post" action="/">{hidden("action", action)}{inner}</form>'


def _fields(*fields: str) -> str:
    return f'<div class="fields">{"".join(fields)}</div>'


def _field(home: Home, name: str, label: str, default: str = "", kind: str = "text") -> str:
    value = "" if kind == "password" else home.typed.get(name, default)
    return f'<label>{label}<input name="{name}" type="{kind}" autocomplete="off" value="{escape(value)}"></label>'


def _table(heads: list[str], rows: Iterable[list[str]], nothing: str) -> str:
    kinds = [' class="number"' if text in _NUMBERS else "" for text in heads]
    body = "".join(
        f"<tr>{''.join(f'<td{kind}>{cell}</td>' for kind, cell in zip(kinds, row, strict=True))}</tr>" for row in rows
    )
    if not body:
        return f'<p class="none">{nothing}</p>'
    head = "".join(f'<th scope="col"{kind}>{text}</th>' for kind, text in zip(kinds, heads, strict=True))
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
