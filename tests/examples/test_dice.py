"""The hands and scores of the dice game."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples.shared.dice import Roll


@pytest.mark.parametrize(
    ("dice", "hand", "score"),
    [
        ("66666", "Five of a kind", 80),
        ("11113", "Four of a kind", 37),
        ("22333", "Full house", 38),
        ("44412", "Three of a kind", 30),
        ("22551", "Two pairs", 25),
        ("22145", "A pair", 19),
        ("54321", "A straight", 35),
        ("12346", "Nothing special", 16),
    ],
)
def test_hands(dice: str, hand: str, score: int) -> None:
    assert (Roll(dice).hand, Roll(dice).score) == (hand, score)


@given(st.text("123456", min_size=5, max_size=5))
def test_every_roll_has_a_hand(dice: str) -> None:
    assert sum(Roll(dice).values) <= Roll(dice).score <= 80
    assert len(Roll.new().values) == 5
