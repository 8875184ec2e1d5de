"""Checks of plain values."""

from __future__ import annotations

import pytest

from eternaltwin.clients.validation.archives import check_archive_id
from eternaltwin.clients.validation.values import MAX_INTEGER, check_integer
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.rules.archives import SITES, TWINOID

#: Integers that Python does not convert to a string, since they have more than 4300 digits.
UNPRINTABLE = [10**5000, -(10**5000)]


@pytest.mark.parametrize("value", [*UNPRINTABLE, MAX_INTEGER + 1], ids=range(3))
def test_an_integer_that_is_too_large_is_refused(value: int) -> None:
    with pytest.raises(InvalidArgumentError, match="limit must be an integer, at least 0"):
        check_integer("limit", value, 0)
    assert check_integer("limit", MAX_INTEGER, 0) == MAX_INTEGER


@pytest.mark.parametrize("value", [*UNPRINTABLE, 10**9, "1" * 5000], ids=range(4))
def test_an_archive_id_that_is_too_large_is_refused(value: int | str) -> None:
    ids = SITES[TWINOID].ids
    with pytest.raises(InvalidArgumentError, match="user_id must be an integer from 1 to 999999999"):
        check_archive_id("user_id", value, ids)
    assert check_archive_id("user_id", 999_999_999, ids) == "999999999"
    assert check_archive_id("user_id", "007", ids) == "7"
