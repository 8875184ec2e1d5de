"""JSON schemas in words, for the pages that describe an API."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    DocumentNode = dict[str, Any]

_REFERENCE = "#/components/schemas/"

#: The keywords that limit a value, and what stands before their own value.
_LIMITS = {
    "format": "",
    "minimum": "at least ",
    "maximum": "at most ",
    "minLength": "length at least ",
    "maxLength": "length at most ",
    "pattern": "pattern ",
    "default": "default ",
}


class TypePart(msgspec.Struct, frozen=True):
    """A part of the name of a type.

    Attributes:
        text: The part.
        schema: The schema of this name, to which the part is a link, or None.
    """

    text: str
    schema: str | None = None


class FieldView(msgspec.Struct, frozen=True):
    """A parameter, or a property of an object.

    Attributes:
        name: The name.
        place: Where the parameter stands, such as `query`. Empty for a property.
        type: The type.
        description: What it is, in Markdown.
        is_required: Whether it must be there.
    """

    name: str
    place: str
    type: tuple[TypePart, ...]
    description: str
    is_required: bool


class SchemaView(msgspec.Struct, frozen=True):
    """A schema with a name.

    Attributes:
        name: The name.
        description: What it is, in Markdown.
        type: The type, if it has no properties.
        fields: Its properties.
    """

    name: str
    description: str
    type: tuple[TypePart, ...]
    fields: tuple[FieldView, ...]


def type_of(schema: DocumentNode) -> tuple[TypePart, ...]:
    """Return a type in words.

    Args:
        schema: A JSON schema.

    Returns:
        The parts of its name, one after the other.
    """
    return tuple(_parts(schema))


def _parts(schema: DocumentNode) -> Iterator[TypePart]:
    yield from _kind(schema)
    limits = [f"{before}{_value(schema[name])}" for name, before in _LIMITS.items() if name in schema]
    if limits:
        yield TypePart(f" ({', '.join(limits)})")


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _kind(schema: DocumentNode) -> Iterator[TypePart]:
    if "$ref" in schema:
        name = str(schema["$ref"]).removeprefix(_REFERENCE)
        yield TypePart(name, name)
    elif "anyOf" in schema:
        yield from _alternatives(schema["anyOf"])
    elif "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        yield TypePart(" or ".join(json.dumps(value, ensure_ascii=False) for value in values))
    else:
        yield from _contained(schema)


def _alternatives(schemas: list[DocumentNode]) -> Iterator[TypePart]:
    for index, schema in enumerate(schemas):
        if index:
            yield TypePart(" or ")
        yield from _parts(schema)


def _contained(schema: DocumentNode) -> Iterator[TypePart]:
    yield TypePart(str(schema.get("type", "any value")))
    inner = schema.get("items", schema.get("additionalProperties"))
    if isinstance(inner, dict):
        yield TypePart(" of ")
        yield from _parts(cast("DocumentNode", inner))


def schema_view(name: str, schema: DocumentNode) -> SchemaView:
    """Convert a schema.

    Args:
        name: Its name.
        schema: The JSON schema.

    Returns:
        The schema as pages show it.
    """
    required = set(schema.get("required", ()))
    properties: dict[str, DocumentNode] = schema.get("properties", {})
    fields = tuple(
        FieldView(field, "", type_of(node), node.get("description", ""), field in required)
        for field, node in properties.items()
    )
    return SchemaView(name, schema.get("description", ""), () if fields else type_of(schema), fields)


def parameter_view(parameter: DocumentNode) -> FieldView:
    """Convert a parameter of an operation.

    Args:
        parameter: The parameter object of OpenAPI.

    Returns:
        The parameter as pages show it.
    """
    schema: DocumentNode = parameter["schema"]
    description = str(parameter.get("description") or schema.get("description", ""))
    is_required = bool(parameter.get("required"))
    return FieldView(parameter["name"], parameter["in"], type_of(schema), description, is_required)
