"""The programs, and how the package manager of each language builds them, outside of the repository."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from conformance.servers import cache_base, cargo

FOLDER = Path(__file__).parent

#: Files that package managers write, and that contain addresses of downloads.
_IGNORED = shutil.ignore_patterns("Cargo.lock", "target", "node_modules", "package-lock.json", "go.sum")

#: Timeout of a build with its downloads, in seconds.
_BUILD_SECONDS = 1200


class UnavailableError(Exception):
    """A program cannot be built on this machine. The message contains the reason."""


class ClientProgram(NamedTuple):
    """A program that signs in with a client.

    Attributes:
        name: The name of its folder.
        client: The client, as its package manager calls it.
        tool: The program that builds it.
        build: The arguments of that program.
        run: The command that runs it, relative to its folder.
        encodes_credentials: Whether the client form-encodes what it sends as Basic credentials (RFC 6749, section
            2.3.1). The official server does not decode it, so that such clients need the game's id: its key contains @.
    """

    name: str
    client: str
    tool: str
    build: tuple[str, ...]
    run: tuple[str, ...]
    encodes_credentials: bool


PROGRAMS: Final = (
    ClientProgram(
        "rust",
        "eternaltwin_oauth_client 0.16.4 and eternaltwin_client 0.16.0 (crates.io)",
        "cargo",
        ("build", "--quiet"),
        ("./target/debug/sign_in",),
        encodes_credentials=False,
    ),
    ClientProgram(
        "node",
        "simple-oauth2 5.1.0 (npm)",
        "npm",
        ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"),
        ("node", "sign_in.js"),
        encodes_credentials=True,
    ),
    ClientProgram(
        "go",
        "golang.org/x/oauth2 0.38.0 (Go modules)",
        "go",
        ("build", "-mod=mod", "-o", "sign_in", "."),
        ("./sign_in",),
        encodes_credentials=True,
    ),
)


def tool_of(program: ClientProgram) -> str:
    """Return the path of the tool that builds a program.

    Raises:
        UnavailableError: The tool is not installed.
    """
    found = cargo() if program.tool == "cargo" else shutil.which(program.tool)
    if found is None:
        raise UnavailableError(f"{program.tool} is not installed")
    return found


def built(program: ClientProgram) -> Path:
    """Build a program in the cache of this user, and return its folder.

    Raises:
        UnavailableError: The tool is not installed, or the build fails, for example since nothing can be downloaded.
    """
    tool = tool_of(program)
    folder = cache_base() / "clients" / program.name
    shutil.copytree(FOLDER / program.name, folder, dirs_exist_ok=True, ignore=_IGNORED)
    done = subprocess.run(
        [tool, *program.build], cwd=folder, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False
    )
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise UnavailableError(f"{program.tool} cannot build it: {lines[-1] if lines else 'it does not say why'}")
    return folder
