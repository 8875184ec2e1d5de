"""The error of an integration whose framework is not installed."""

from __future__ import annotations

from eternaltwin.exceptions import MissingExtraError


def missing_extra(exc: ModuleNotFoundError, extra: str, **packages: str) -> ModuleNotFoundError | MissingExtraError:
    """Return the error to raise for a module that was not found.

    Args:
        exc: Error of the import.
        extra: Extra of this package that installs the missing ones.
        **packages: Distribution names of the packages that the extra installs, by their import names.

    Returns:
        An error with the command that installs the extra, or `exc` if another module is missing.
    """
    package = (exc.name or "").partition(".")[0]
    if package not in packages:
        return exc
    return MissingExtraError(
        f'this integration needs {packages[package]}: pip install "eternaltwin[{extra}]"', name=package
    )
