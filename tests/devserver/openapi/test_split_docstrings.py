"""The descriptions of schemas and their fields, which are the docstrings of structs."""

from __future__ import annotations

from eternaltwin.devserver.openapi.docstrings import split_docstring
from eternaltwin.devserver.openapi.schemas import Schemas
from eternaltwin.models import ForumActor, ForumSectionMeta


def test_a_docstring_without_fields_is_a_description() -> None:
    assert split_docstring("A thing.\n\nMore of it.") == ("A thing.\n\nMore of it.", {})


def test_fields_are_described_in_one_line_each() -> None:
    _, fields = split_docstring(ForumActor.__doc__ or "")
    assert list(fields) == ["type", "role", "user", "client"]
    assert fields["type"].endswith("`ClientForumActor` or `RoleForumActor`.")


def test_schemas_describe_their_fields_by_the_names_in_json() -> None:
    schema = Schemas(requests=[], responses=[ForumSectionMeta]).components["ForumSectionMeta"]
    assert schema["description"] == "A section without its threads, as in the list of sections and in threads."
    assert schema["properties"]["self"]["description"] == "What the caller may do; `self` in JSON."
