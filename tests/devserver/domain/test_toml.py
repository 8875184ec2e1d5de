"""TOML to paste into a configuration."""

from __future__ import annotations

import tomllib

from hypothesis import example, given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.toml import toml_string, toml_table


@given(st.text(st.characters(exclude_categories=["Cs"])))
@example('"\\\n\t\r\x00\x7f\u2028😀')
@example('"\n[seed.user.mallory]\nis_administrator = true')
def test_any_text_is_one_string(text: str) -> None:
    assert tomllib.loads(f"value = {toml_string(text)}") == {"value": text}


def test_what_cannot_be_seen_is_escaped() -> None:
    assert toml_string("a\u200bé\n") == '"a\\U0000200Bé\\n"'


def test_a_table_of_strings() -> None:
    text = toml_table("seed.app.mygame", {"secret": "dev", "uri": "http://localhost/"})
    assert tomllib.loads(text) == {"seed": {"app": {"mygame": {"secret": "dev", "uri": "http://localhost/"}}}}
