"""What an integration says where its framework is not installed."""

from __future__ import annotations

from eternaltwin.exceptions import MissingExtraError


def missing_extra(exc: ModuleNotFoundError, extra: str, **packages: str) -> ModuleNotFoundError | MissingExtraError:
    """The error to raise for a module that was not found.

    Args:
        exc: the error of the import.
        extra: what brings the packages along.
        packages: what they are called, by the name that is imported. Any other module is missing for a
            reason of its own, and `exc` is the answer.
    """
    package = (exc.name or "").partition(".")[0]
    if package not in packages:
        return exc
    return MissingExtraError(
        f'this integration needs {packages[package]}: pip install "eternaltwin[{extra}]"', name=package
    )
