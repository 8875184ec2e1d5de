"""The command `keygen`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin import keys
from eternaltwin.cli.key_pairs import PAIR_ALGORITHMS
from tests.support.commands import run_command

if TYPE_CHECKING:
    from pathlib import Path


def works(algorithm: str, *parts: str) -> bool:
    key = getattr(keys, f"{algorithm}Key")(*parts)
    return bool(key.decode(key.encode({"a": 1})) == {"a": 1})


def test_a_secret_is_printed() -> None:
    done = run_command("keygen")
    assert (done.status, done.errors) == (0, "")
    assert done.output.count("\n") == 1
    assert works("HS256", done.output.strip())
    assert works("HS256", run_command("keygen", "--json").json()["key"])


@pytest.mark.parametrize("algorithm", PAIR_ALGORITHMS)
def test_a_pair_is_printed(algorithm: str) -> None:
    private, separator, public = run_command("keygen", "--algorithm", algorithm).output.partition("-----BEGIN PUBLIC")
    assert works(algorithm, separator + public, private)
    found = run_command("keygen", "--algorithm", algorithm, "--json").json()
    assert works(algorithm, found["public_key"], found["private_key"])


def test_a_secret_is_written_for_its_owner_only_and_not_printed(tmp_path: Path) -> None:
    file = tmp_path / "state.key"
    done = run_command("keygen", "--output", str(file))
    assert (done.output, done.errors) == ("", f"eternaltwin: wrote {file}\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert works("HS256", file.read_text().strip())


def test_a_pair_is_written_to_two_files(tmp_path: Path) -> None:
    file = tmp_path / "state.pem"
    public = tmp_path / "state.pem.pub"
    done = run_command("keygen", "--algorithm", "EdDSA", "--output", str(file), "--json")
    assert done.json() == {"algorithm": "EdDSA", "key_file": str(file), "public_key_file": str(public)}
    assert file.stat().st_mode & 0o777 == 0o600
    assert works("EdDSA", public.read_text(), file.read_text())


@pytest.mark.parametrize("existing", ["state.pem", "state.pem.pub"])
def test_no_file_is_replaced_unless_it_is_forced(tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("precious")
    command = ("keygen", "--algorithm", "EdDSA", "--output", str(tmp_path / "state.pem"))
    done = run_command(*command)
    assert (done.status, done.output) == (1, "")
    assert done.errors == (f"eternaltwin: {tmp_path / existing} exists\nnext: move it, or replace it with --force\n")
    assert (tmp_path / existing).read_text() == "precious"
    assert run_command(*command, "--force").status == 0
    assert (tmp_path / existing).read_text() != "precious"


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    (tmp_path / "link").symlink_to(target)
    assert run_command("keygen", "--output", str(tmp_path / "link")).status == 1
    assert not target.exists()


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    done = run_command("keygen", "--output", str(tmp_path / "no" / "folder"))
    assert (done.status, "cannot be written" in done.errors) == (1, True)
