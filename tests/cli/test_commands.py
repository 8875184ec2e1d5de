"""The root command: help, start-up, failures and completion."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from eternaltwin import __version__
from eternaltwin.cli import commands, main
from eternaltwin.cli.commands import COMMANDS, cli
from eternaltwin.cli.failures import CommandFailedError, NotSignedInError, exit_status, next_step
from eternaltwin.exceptions import ConnectError, EternalTwinError, InvalidArgumentError, MissingExtraError
from tests.support.commands import run_command

if TYPE_CHECKING:
    from pathlib import Path

#: What no command may import before it is needed.
SLOW = {
    "rich",
    "aiohttp",
    "keyring",
    "cryptography",
    "eternaltwin.devserver",
    "urllib3",
    "starlette",
    "http.server",
    "webbrowser",
}


def test_the_help_lists_every_command() -> None:
    done = run_command("--help")
    assert done.status == 0
    assert all(f"\n  {name} " in done.output for name in COMMANDS)
    assert run_command("--version").output == f"eternaltwin {__version__}\n"


def test_the_help_of_no_command_shows_the_parameters_of_its_function() -> None:
    for name, command in ((name, cli.get_command(click.Context(cli), name)) for name in COMMANDS):
        assert command
        nested = command.list_commands(click.Context(command)) if isinstance(command, click.Group) else []
        for arguments in ([name], *([name, each] for each in nested)):
            assert "Args:" not in run_command(*arguments, "--help").output


def test_an_unknown_command_is_wrong_usage() -> None:
    done = run_command("nonsense")
    assert (done.status, done.output) == (2, "")
    assert done.errors.endswith("eternaltwin: No such command 'nonsense'.\n")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_the_command_line_starts_without_what_is_slow_to_import(option: str) -> None:
    code = f"""
import sys
from eternaltwin.cli import main
sys.argv = ["eternaltwin", {option!r}]
try:
    main()
finally:
    print(sorted({SLOW!r} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("\n[]\n")


def failing(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the commands by one that fails."""

    @click.command()
    @click.option("--json", "is_json", is_flag=True)
    @click.option("--count", type=int)
    def fail(is_json: bool, count: int | None) -> None:
        del is_json, count
        raise failure

    monkeypatch.setattr(commands, "fail", fail, raising=False)
    monkeypatch.setitem(COMMANDS, "fail", "eternaltwin.cli.commands:fail")


@pytest.mark.parametrize(
    ("failure", "status", "step"),
    [
        (EternalTwinError("it went wrong"), 1, None),
        (CommandFailedError("it went wrong", "mend it"), 1, "mend it"),
        (InvalidArgumentError("it went wrong"), 2, None),
        (MissingExtraError("it went wrong"), 2, None),
        (ConnectError("it went wrong"), 3, "check the address with --url, or find the cause with: eternaltwin doctor"),
        (NotSignedInError("it went wrong"), 4, "sign in with: eternaltwin login"),
    ],
)
def test_a_failure_has_a_status_and_a_next_step(
    failure: EternalTwinError, status: int, step: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(failure, monkeypatch)
    assert (exit_status(failure), next_step(failure)) == (status, step or "")
    done = run_command("fail")
    assert (done.status, done.output) == (status, "")
    assert done.errors == "eternaltwin: it went wrong\n" + (f"next: {step}\n" if step else "")
    done = run_command("fail", "--json")
    assert (done.status, done.errors) == (status, "")
    error = {"type": type(failure).__name__, "code": None, "message": "it went wrong"}
    assert done.json() == {"error": {**error, "next": step, "exit_status": status}}


def test_wrong_usage_is_json_with_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    failing(EternalTwinError("unused"), monkeypatch)
    done = run_command("fail", "--json", "--count", "many")
    assert (done.status, done.errors) == (2, "")
    assert done.json()["error"]["message"] == "Invalid value for '--count': 'many' is not a valid integer."


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), click.Abort()])
def test_an_interrupted_command_has_the_status_of_shells(
    failure: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(failure, monkeypatch)
    assert run_command("fail") == (130, "", "\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_has_a_script(shell: str) -> None:
    done = run_command("completion", shell)
    assert done.status == 0
    assert f"_ETERNALTWIN_COMPLETE={shell}_complete" in done.output
    assert "eternaltwin" in done.output.partition("\n")[0]


def test_bash_completes_commands_and_profiles(tmp_path: Path) -> None:
    """The script calls the program `eternaltwin`, which is found on the path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "eternaltwin"
    program.write_text(f"#!{sys.executable}\nfrom eternaltwin.cli import main\nmain()\n")
    program.chmod(0o755)
    bash = shutil.which("bash")
    assert bash is not None
    environment = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    code = """
eval "$(eternaltwin completion bash)"
COMP_WORDS=(eternaltwin se) COMP_CWORD=1
_eternaltwin_completion eternaltwin
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run([bash, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["serve"]


@pytest.mark.parametrize("group", ["users", "forum"])
def test_a_group_without_a_command_shows_its_help(group: str) -> None:
    done = run_command(group)
    assert (done.status, done.output) == (2, "")
    assert done.errors == run_command(group, "--help").output


def test_a_wrong_option_of_the_root_is_json_too() -> None:
    done = run_command("--nonsense", "--json")
    assert (done.status, done.errors) == (2, "")
    assert done.json()["error"]["exit_status"] == 2
    assert run_command("--nonsense").errors.endswith("eternaltwin: No such option '--nonsense'.\n")


def test_what_a_failure_contains_does_not_reach_the_terminal_that_would_obey_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing(CommandFailedError("of\x1b[31m others", "read \u202eit\x9b1m"), monkeypatch)
    assert run_command("fail").errors == "eternaltwin: of\ufffd[31m others\nnext: read it\ufffd1m\n"


def fail_with(failure: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace the root command by one that fails."""

    def fail(prog_name: str) -> None:
        assert prog_name == "eternaltwin"
        raise failure

    monkeypatch.setattr(commands, "cli", fail)


def test_ctrl_c_before_a_command_runs_shows_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    fail_with(KeyboardInterrupt(), monkeypatch)
    with pytest.raises(SystemExit, match="130"):
        main()


def test_a_full_disk_is_a_failure_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fail_with(OSError(errno.ENOSPC, "No space left on device"), monkeypatch)
    with pytest.raises(SystemExit, match="1"):
        main()
    message = "eternaltwin: what it printed is incomplete, since it cannot be written: No space left on device\n"
    assert capsys.readouterr().err == message
    fail_with(OSError(errno.EBADF, "a defect"), monkeypatch)
    with pytest.raises(OSError, match="a defect"):
        main()
