"""The filter of access logs."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

import eternaltwin
from eternaltwin.integrations.shared.logs import ACCESS_LOGS, RedactCallbacks, redact_access_logs
from tests.support.programs import ROOT

SOURCE = Path(eternaltwin.__file__).parent


class Atoms(dict[str, str]):
    """The arguments of gunicorn and Hypercorn, which are built from a request, and compute missing values."""

    def __init__(self, target: str, query: str) -> None:
        super().__init__(r=f"GET {target} HTTP/1.1", q=query, s="303")

    def __missing__(self, name: str) -> str:
        return "-"


@pytest.mark.parametrize("name", ACCESS_LOGS)
def test_access_logs_have_the_filter_once(name: str) -> None:
    redact_access_logs()
    redact_access_logs()
    assert len([known for known in logging.getLogger(name).filters if isinstance(known, RedactCallbacks)]) == 1


def test_mappings_of_arguments_are_redacted_in_a_copy_of_their_class(caplog: pytest.LogCaptureFixture) -> None:
    redact_access_logs()
    atoms = Atoms("/callback?code=abc&state=def", "code=abc&state=def")
    with caplog.at_level(logging.INFO):
        logging.getLogger("gunicorn.access").info("%(r)s %(q)s %(s)s %(x)s", atoms)
    assert caplog.messages == ["GET /callback?code=[hidden]&state=[hidden] HTTP/1.1 code=[hidden]&state=[hidden] 303 -"]
    assert atoms["q"] == "code=abc&state=def"


def test_a_record_without_arguments_is_redacted() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "GET /?code=abc", None, None)
    assert RedactCallbacks().filter(record)
    assert record.getMessage() == "GET /?code=[hidden]"


def test_the_loggers_are_documented_in_one_place() -> None:
    section = (ROOT / "docs" / "observing.md").read_text("utf-8").partition("## Loggers\n")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `(eternaltwin[\w.]*)` \|", section, re.MULTILINE)
    used: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        module = ".".join(["eternaltwin", *path.relative_to(SOURCE).with_suffix("").parts])
        for given in re.findall(r'getLogger\((__name__|"eternaltwin[\w.]*")\)', path.read_text("utf-8")):
            used.add(module if given == "__name__" else given.strip('"'))
    assert len(used) >= 4
    assert not [name for name in used if not name.startswith(tuple(documented))]
