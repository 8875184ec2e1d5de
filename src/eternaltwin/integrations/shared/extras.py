"""The error of an integration whose framework is not installed."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from eternaltwin.exceptions import MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def require(extra: str, **packages: str) -> Generator[None]:
    """Report the packages of an extra that the imports in a `with` block do not find.

    Args:
        extra: Extra of this package that installs them.
        **packages: Distribution names of the packages that the extra installs, by their import names.

    Yields:
        Nothing.

    Raises:
        MissingExtraError: One of the packages is not installed. The message contains the command that installs it.
        ModuleNotFoundError: Another module is missing.

    Example:
        ```python
        with require("flask", flask="flask", werkzeug="werkzeug"):
            from eternaltwin.integrations.flask.extension import Eternaltwin
        ```
    """
    try:
        yield
    except (ModuleNotFoundError, MissingExtraError) as exc:  # the latter from another integration that it extends
        package = (exc.name or "").partition(".")[0]
        if package not in packages:
            raise
        problem = f'this integration needs {packages[package]}: pip install "eternaltwin[{extra}]"'
        raise MissingExtraError(problem, name=package) from None


def check_installed(module: str) -> None:
    """Check that a module can be imported, without importing it: it is imported when it is needed.

    Args:
        module: Name of a module without a parent package.

    Raises:
        ModuleNotFoundError: The module is not installed.
    """
    if find_spec(module) is None:
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)
