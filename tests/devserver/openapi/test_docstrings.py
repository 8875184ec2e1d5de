"""The descriptions of schemas and their fields, which come from the docstrings of structs."""

from __future__ import annotations

from eternaltwin.devserver.openapi.docstrings import split_docstring
from eternaltwin.devserver.openapi.schemas import Schemas
from eternaltwin.models import ForumActor, ForumSectionMeta


def test_a_docstring_without_fields_is_a_description() -> None:
    assert split_docstring("A thing.\n\nMore of it.") == ("A thing.\n\nMore of it.", {})


def test_a_description_of_several_lines_is_joined() -> None:
    _, fields = split_docstring(ForumActor.__doc__ or "")
    assert list(fields) == ["type", "role", "user", "client"]
    assert fields["type"].endswith("`ClientForumActor` or `RoleForumActor`.")


def test_fields_of_schemas_have_their_names_in_json() -> None:
    schema = Schemas(requests=[], responses=[ForumSectionMeta]).components["ForumSectionMeta"]
    assert schema["description"] == "A section without its threads, as in the list of sections and in threads."
    assert schema["properties"]["self"]["description"] == "What the caller may do; `self` in JSON."
