"""What commands print, and what a terminal changes."""

from __future__ import annotations

import contextlib
import io
import json
import unicodedata

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.cli import output, terminals
from eternaltwin.cli.visible_text import visible

#: What scripts and emoji need.
JOINERS = set("\u200c\u200d")


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def open_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make all three streams a terminal of 40 columns, for the rest of the test."""
    stream = Terminal()
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(f"sys.{name}", stream)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return stream


ROWS = [("9f310484-963b-446b-af69-797feec6813f", "Zoé"), ("a" * 60, None)]


def test_a_narrow_terminal_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    output.print_table(("id", "name"), ROWS)
    shown = terminal.getvalue()
    assert "\x1b[1m" in shown
    assert max(map(len, click.unstyle(shown).splitlines())) <= 40
    assert shown.count("a") >= 60


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    output.print_table(("id", "name"), ROWS)
    assert "\x1b[3" not in terminal.getvalue()


def test_a_file_gets_one_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_table(("id", "name"), ROWS)
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["id", "name"],
        [ROWS[0][0], "Zoé"],
        ["a" * 60],
    ]


def test_fields_without_a_value_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_fields([("id", "x"), ("deleted", None), ("administrator", False)])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines == [["id", "x"], ["administrator", "False"]]


@given(st.text())
def test_nothing_of_a_server_reaches_the_terminal_that_it_would_obey(text: str) -> None:
    shown = visible(text)
    assert {unicodedata.category(each) for each in set(shown) - JOINERS}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert not text.isprintable() or shown == text


def test_json_is_one_document_and_notes_go_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    output.print_json({"name": "Zoé", "items": []})
    output.note("a note")
    captured = capsys.readouterr()
    assert captured.out == '{\n  "name": "Zoé",\n  "items": []\n}\n'
    assert captured.err == "eternaltwin: a note\n"


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Zoe\n"))
    with pytest.raises(click.UsageError, match=r"standard input is no terminal, .*: give --name"):
        terminals.ask("Name", "--name")


def test_a_question_is_asked_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(question: str) -> str:
        asked.append(question)
        return "Zoe"

    asked: list[str] = []
    terminal = open_terminal(monkeypatch)
    monkeypatch.setattr("click.termui.visible_prompt_func", answer)
    assert terminals.is_interactive()
    assert terminals.ask("Name", "--name") == "Zoe"
    assert "Name: " in terminal.getvalue() + "".join(asked)


def test_progress_is_shown_in_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = open_terminal(monkeypatch)
    with terminals.progress("Reading users") as show:
        show(1, 4)
        show(4)
    assert "Reading users" in terminal.getvalue()
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    with terminals.progress("Reading users") as show:
        show(1, 4)
    assert stream.getvalue() == ""


@given(st.recursive(st.text(), lambda each: st.lists(each, max_size=3)))
def test_json_contains_nothing_that_a_terminal_would_obey_and_loses_nothing(value: object) -> None:
    with contextlib.redirect_stdout(io.StringIO()) as written:
        output.print_json(value)
    assert all(line.isprintable() for line in written.getvalue().split("\n"))
    assert json.loads(written.getvalue()) == value


def test_what_is_printed_to_a_file_does_not_go_to_the_terminal_with_the_progress(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal, file = open_terminal(monkeypatch), io.StringIO()
    monkeypatch.setattr("sys.stdout", file)
    with terminals.progress("Reading users", is_printing=True) as show:
        show(1, 4)
        output.print_table(("id", "name"), ROWS)
    assert "Reading users" in terminal.getvalue()
    assert ROWS[0][0] in file.getvalue()
    assert ROWS[0][0] not in terminal.getvalue()


def test_notes_contain_nothing_that_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    output.note("a\x1b[31mb\u202e")
    assert capsys.readouterr().err == "eternaltwin: a\ufffd[31mb\n"
