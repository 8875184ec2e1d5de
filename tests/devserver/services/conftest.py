"""A world with the seeds and the virtual clock of the profile `sdk`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.config import default_config
from eternaltwin.devserver.services.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def world() -> Iterator[World]:
    world = World(default_config("sdk"))
    yield world
    world.close()
