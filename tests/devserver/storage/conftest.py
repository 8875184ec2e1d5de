from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.devserver.storage.databases import in_postgresql, in_sqlite
from tests.support.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from eternaltwin.devserver.config import ServerConfig


@pytest.fixture(scope="package")
def socket_folder() -> Iterator[str]:
    with postgresql() as folder:
        yield folder


@pytest.fixture(params=["Sqlite", "Postgres"])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> ServerConfig:
    """Return settings of a server with a new database."""
    if request.param == "Sqlite":
        return in_sqlite(tmp_path / "server.sqlite")
    return in_postgresql(request.getfixturevalue("socket_folder"))
