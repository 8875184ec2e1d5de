"""What a check of a set-up has found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

__all__ = ["Finding", "FindingLevel"]

#: `ok`; `note`, worth knowing; `warning`, possibly wrong; `error`, wrong; `skipped`, not checked.
FindingLevel: TypeAlias = Literal["ok", "note", "warning", "error", "skipped"]


@dataclass(frozen=True)
class Finding:
    """The result of a check.

    Attributes:
        name: The check, such as `clock`.
        level: `ok`; `note` for what is worth knowing; `warning` for what is wrong in some cases; `error` for what is
            wrong; `skipped` for a check that would only have repeated the failure of another.
        code: Identifies the cause, for programs, such as `wrong-secret`. `ok` for the level `ok`.
        summary: The cause, in one line.
        detail: What was seen. Possibly of several lines, or empty.
        next: What to do about it. Empty if there is nothing to do.
    """

    name: str
    level: FindingLevel
    code: str
    summary: str
    detail: str = ""
    next: str = ""

    @classmethod
    def ok(cls, name: str, summary: str, detail: str = "") -> Finding:
        """Build the finding of a check that has found nothing wrong.

        Args:
            name: The check.
            summary: What is right, in one line.
            detail: What was seen.

        Returns:
            The finding.
        """
        return cls(name, "ok", "ok", summary, detail)

    @property
    def is_failure(self) -> bool:
        """Whether something is wrong."""
        return self.level == "error"

    def to_dict(self) -> dict[str, str]:
        """Return the attributes by name, for JSON.

        Returns:
            A new dict, in the order of the attributes.
        """
        return asdict(self)
