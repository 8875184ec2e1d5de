"""The rules of the dice game of all examples: five dice a day, and points for the hand."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass

#: Name and additional points of a hand, by the counts of its most frequent and second most frequent values.
_HANDS = {
    (5, 0): ("Five of a kind", 50),
    (4, 1): ("Four of a kind", 30),
    (3, 2): ("Full house", 25),
    (3, 1): ("Three of a kind", 15),
    (2, 2): ("Two pairs", 10),
    (2, 1): ("A pair", 5),
    (1, 1): ("Nothing special", 0),
}


@dataclass(frozen=True)
class Roll:
    """Five dice.

    Attributes:
        dice: Their values, such as `"33615"`.
    """

    dice: str

    @classmethod
    def new(cls) -> Roll:
        """Roll the dice."""
        return cls("".join(str(secrets.randbelow(6) + 1) for _ in range(5)))

    @property
    def values(self) -> list[int]:
        """The values of the dice."""
        return [int(value) for value in self.dice]

    @property
    def hand(self) -> str:
        """The name of the hand."""
        return self._name_and_bonus[0]

    @property
    def score(self) -> int:
        """The sum of the values and of the additional points of the hand."""
        return sum(self.values) + self._name_and_bonus[1]

    @property
    def _name_and_bonus(self) -> tuple[str, int]:
        if "".join(sorted(self.dice)) in ("12345", "23456"):
            return "A straight", 20
        counts = sorted(Counter(self.dice).values(), reverse=True)
        return _HANDS[counts[0], counts[1] if len(counts) > 1 else 0]
