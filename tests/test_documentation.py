"""The documentation is true: its code runs, and its commands, names and links exist."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from eternaltwin.connections import configure
from eternaltwin.devserver import DevServer, load_config
from tests.support.http_browsers import HTTPBrowser, wait_until_it_responds
from tests.support.programs import program_in
from tests.support.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SERVER_URL = "http://127.0.0.1:50320"

_BLOCK = re.compile(
    r"^```(?P<kind>[^\n]*)\n(?P<code>.*?)^```$|^<!-- check: (?P<check>.*?) -->$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
#: Names of the package in a text. `eternaltwin.toml` and `eternaltwin.env` are files; loggers and telemetry have names
#: of their own.
_NAME = re.compile(r"`(eternaltwin(?:\.(?!toml|env|requests|retries|request_id|profile_cache)\w+)+)`")


class Block(NamedTuple):
    """A block of code, or a check of the variables after the code before it."""

    page: Path
    line: int
    kind: str
    code: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def _blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 2
        if match["check"]:
            yield Block(page, line - 1, "check", f"assert {match['check']}")
        else:
            yield Block(page, line, match["kind"], match["code"])


BLOCKS = [block for page in PAGES for block in _blocks(page)]
COMMANDS = [
    pytest.param(line.partition("#")[0].strip(), id=f"{block}-{line.partition('#')[0].strip()}")
    for block in BLOCKS
    if block.kind == "sh"
    for line in block.code.splitlines()
]


@pytest.fixture
def server() -> Iterator[DevServer]:
    with DevServer() as running:
        configure(default=running.connection_settings("kingdom_dev@clients"))
        yield running
    configure()


def _run(runner: asyncio.Runner, block: Block, namespace: dict[str, object]) -> None:
    source = "\n" * (block.line - 1) + block.code
    code = compile(source, str(block.page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    result: object = FunctionType(code, namespace)()
    if inspect.iscoroutine(result):
        runner.run(result)


def _visit(server: DevServer, namespace: dict[str, object]) -> None:
    """Sign alice in between two blocks: her browser follows the URL of the sign-in, and is redirected back."""
    url = namespace.pop("url", None)
    if isinstance(url, str) and url.startswith(server.url):
        query = parse_qs(urlsplit(server.authorize(url, "alice")).query)
        namespace |= {"code": query["code"][0], "callback_state": query["state"][0]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, server: DevServer) -> None:
    namespace: dict[str, object] = {"__name__": page.stem}
    with asyncio.Runner() as runner:
        for block in _blocks(page):
            if block.kind in ("python", "check"):
                if block.kind == "python":
                    _visit(server, namespace)
                _run(runner, block._replace(code=block.code.replace(SERVER_URL, server.url)), namespace)


@pytest.mark.long
@pytest.mark.parametrize("overrides", [True, False])
def test_blocks_of_tests_pass(pytester: pytest.Pytester, overrides: bool) -> None:
    """Blocks that override fixtures of the session run in a session of their own."""
    tests = [block for block in BLOCKS if block.kind == "python pytest"]
    blocks = [block for block in tests if ("\ndef eternaltwin_" in block.code) is overrides]
    pytester.makepyfile(**{f"test_{block.page.stem}_{block.line}": block.code for block in blocks})
    outcome = pytester.runpytest_subprocess(
        "-pno:cacheprovider", "-pno:randomly", "-pno:django", "-pno:faker", "-pno:schemathesis"
    )
    outcome.assert_outcomes(passed=sum(block.code.count("def test_") for block in blocks))


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.kind == "toml"], ids=str)
def test_configuration_blocks_are_accepted(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text(block.code, encoding="utf-8")
    assert load_config(file).source == file


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_exist(command: str) -> None:
    words = [word for word in command.split() if "=" not in word]
    program = words[0]
    if program == "make":
        targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert targets
        assert words[1].strip() in targets[1].split()
    elif program == "pip":
        extras = set(re.findall(r"[\w]+(?=[,\]])", command))
        assert extras <= _project()["optional-dependencies"].keys()
    elif program in ("uvx", "pipx"):
        assert set(re.findall(r"[\w]+(?=[,\]])", command)) <= _project()["optional-dependencies"].keys()
        test_commands_exist(command[command.rindex("eternaltwin ") :])
    elif program == "eternaltwin":
        shown = _help(words[1])
        assert all(word in shown for word in words if word.startswith("--"))
    else:
        assert program.startswith("python")
        assert (ROOT / words[1]).exists()


def test_the_file_of_the_readme_is_a_game_with_a_sign_in(tmp_path: Path) -> None:
    code = next(block.code for block in _blocks(ROOT / "README.md") if "def create_game" in block.code)
    port = free_port()
    (tmp_path / "game.py").write_text(code.replace("8000", str(port)), encoding="utf-8")
    with program_in(tmp_path, ["game.py"], tmp_path / "log") as running:
        wait_until_it_responds(running, f"http://localhost:{port}")
        game = HTTPBrowser(f"http://localhost:{port}")
        assert "Sign in with Eternaltwin" in game.open("/")[2]
        url = game.open("/eternaltwin/login", game.fields())[1]
        eternaltwin = HTTPBrowser(url)
        login = eternaltwin.open(url)[1]
        assert "Sign in to My game" in eternaltwin.open(login)[2]


def _project() -> dict[str, dict[str, object]]:
    project: dict[str, dict[str, object]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project


def _help(command: str) -> str:
    arguments = [sys.executable, "-m", "eternaltwin", command, "--help"]
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_link_targets_exist(page: Path) -> None:
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_names_can_be_imported(page: Path) -> None:
    for name in _NAME.findall(page.read_text(encoding="utf-8")):
        _resolve(name)


def _resolve(name: str) -> object:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        home, _, attribute = name.rpartition(".")
        found: object = getattr(_resolve(home), attribute)
        return found


def test_every_page_is_listed_in_an_index() -> None:
    docs = ROOT / "docs"
    indexes = [docs / "index.md", docs / "decisions" / "index.md"]
    listed = {(index.parent / link).resolve() for index in indexes for link in _LINK.findall(index.read_text("utf-8"))}
    assert set(docs.rglob("*.md")) == {indexes[0], *listed}
