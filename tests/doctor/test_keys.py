"""The check of `state_key`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.doctor import GameSetup, check_setup
from eternaltwin.keys import EdDSAKey, HS256Key
from tests.support.game_setups import finding, found_in, game_on

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

SECRET = "4f1d8b2ac07e6935dd20bb7719ac5fe1"


@pytest.mark.parametrize(
    ("key", "kind"),
    [(SECRET, "HS256"), (HS256Key(SECRET), "HS256"), ([SECRET, SECRET[::-1]], "2 keys, the first of which signs")],
)
def test_the_kind_of_a_usable_key_is_shown(local: DevServer, key: object, kind: str) -> None:
    found = found_in(game_on(local, state_key=key), "state_key")
    assert found.summary == f"state_key is usable ({kind})"


def test_a_key_without_its_private_part_cannot_sign(local: DevServer) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert found_in(game_on(local, state_key=EdDSAKey(pem, None)), "state_key").code == "unusable-key"


def test_a_key_that_a_person_has_typed_is_a_warning(local: DevServer) -> None:
    assert found_in(game_on(local, state_key="x" * 32), "state_key").code == "guessable-key"


def test_a_key_that_is_another_secret_too_is_a_warning(local: DevServer) -> None:
    setup = GameSetup(game_on(local, state_key=SECRET), secrets=(SECRET,))
    found = finding(check_setup(setup), "state_key")
    assert (found.level, found.code) == ("warning", "W003")
