"""Reports of mutants: a table and diffs for people, JSON for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tools.mutate.equivalents import Equivalent
    from tools.mutate.mutants import Mutant

#: The least percentage of mutants that tests must notice, of those that can be noticed.
REQUIRED = 95.0


@dataclass(frozen=True)
class Figures:
    """How many mutants there are of a module, or of all, by what became of them."""

    name: str
    mutants: int
    noticed: int
    equivalent: int
    untested: int

    @property
    def survived(self) -> int:
        return self.mutants - self.noticed - self.equivalent - self.untested

    @property
    def percent(self) -> float:
        """The noticed mutants, in percent of those that can be noticed."""
        possible = self.mutants - self.equivalent - self.untested
        return 100 * self.noticed / possible if possible else 100.0

    @property
    def is_enough(self) -> bool:
        return self.percent >= REQUIRED


class Report:
    """What became of mutants.

    Args:
        mutants: All mutants that were tested.
        equivalents: The entries of the file of equivalents.
        stale: The entries that match no mutant.
    """

    def __init__(
        self, mutants: Sequence[Mutant], equivalents: Sequence[Equivalent], stale: Sequence[Equivalent]
    ) -> None:
        self._mutants = mutants
        self._equivalents = equivalents
        self._stale = stale
        unnoticed = [mutant for mutant in mutants if not mutant.is_noticed]
        self.survivors = [mutant for mutant in unnoticed if self._entry_of(mutant) is None]

    def _entry_of(self, mutant: Mutant) -> Equivalent | None:
        return next((entry for entry in self._equivalents if entry.matches(mutant)), None)

    @property
    def total(self) -> Figures:
        return self._figures("total", self._mutants)

    @property
    def is_good(self) -> bool:
        """Whether enough mutants are noticed, and no entry is stale."""
        return self.total.is_enough and not self._stale

    def _modules(self) -> Iterator[Figures]:
        for name in sorted({mutant.module for mutant in self._mutants}):
            yield self._figures(name, [mutant for mutant in self._mutants if mutant.module == name])

    def _figures(self, name: str, mutants: Sequence[Mutant]) -> Figures:
        noticed = sum(mutant.is_noticed for mutant in mutants)
        entries = [self._entry_of(mutant) for mutant in mutants if not mutant.is_noticed]
        excused = [entry.is_untested for entry in entries if entry is not None]
        return Figures(name, len(mutants), noticed, excused.count(False), excused.count(True))

    def to_text(self) -> str:
        """Return the diffs of the survivors, the stale entries, and the table, which comes last."""
        return "\n".join([*self._diffs(), *self._stale_lines(), *_table([*self._modules(), self.total])])

    def _diffs(self) -> Iterator[str]:
        for mutant in self.survivors:
            yield f"survived: {mutant.module}, {mutant.function}\n{mutant.diff}\n"

    def _stale_lines(self) -> Iterator[str]:
        for entry in self._stale:
            yield f"stale: no mutant matches the equivalent {entry}"

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON values."""
        return {
            "total": _values(self.total),
            "modules": [_values(figures) for figures in self._modules()],
            "survivors": [
                {
                    "module": mutant.module,
                    "function": mutant.function,
                    "before": mutant.before,
                    "after": mutant.after,
                    "diff": mutant.diff,
                }
                for mutant in self.survivors
            ],
            "stale": [str(entry) for entry in self._stale],
        }


def _values(figures: Figures) -> dict[str, object]:
    return {
        "name": figures.name,
        "mutants": figures.mutants,
        "noticed": figures.noticed,
        "equivalent": figures.equivalent,
        "untested": figures.untested,
        "survived": figures.survived,
        "percent": round(figures.percent, 1),
    }


def _table(rows: Sequence[Figures]) -> Iterable[str]:
    width = max(len(row.name) for row in rows)
    yield f"{'module':{width}}  mutants  noticed  equivalent  untested  survived  percent"
    for row in rows:
        mark = "" if row.is_enough else f"  below {REQUIRED:.0f} %"
        yield (
            f"{row.name:{width}}  {row.mutants:7}  {row.noticed:7}  {row.equivalent:10}  {row.untested:8}"
            f"  {row.survived:8}  {row.percent:7.1f}{mark}"
        )
