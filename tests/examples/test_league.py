"""The players and leaderboards of the dice game."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from examples.shared.league import League

if TYPE_CHECKING:
    from pathlib import Path


def test_a_league(tmp_path: Path) -> None:
    league = League(str(tmp_path / "dice.sqlite3"))
    league.welcome("zoe", "Zoé")
    league.throw("zoe", date(2026, 1, 1))
    assert (league.table("zoe").mine, league.table().best_today) == (None, [])
    assert [place.about for place in league.table().best_ever] == ["1 day"]
    league.throw("zoe")
    league.welcome("zoe", "Zoé la Sage")
    table = league.table("zoe")
    assert table.mine is not None
    assert [place.display_name for place in table.best_today] == ["Zoé la Sage"]
    assert [place.about for place in table.best_ever] == ["2 days"]
    assert table.best_today[0].points == table.mine.score
