"""JSON schemas of request and response bodies, built from the structs that declare them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin

import msgspec

from eternaltwin.devserver.openapi.docstrings import split_docstring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eternaltwin.devserver.api.operations import Schema

    Structs = dict[str, type[msgspec.Struct]]

_REFERENCE_PREFIX = "#/components/schemas/"

#: Structs whose `type` may differ from its default.
_OF_SEVERAL_TYPES = ("ForumActor", "ShortArchiveUser")


def _readable(name: str) -> str:
    """Drop modules and brackets from a name: `Latest_list_eternaltwin.models.x.Y__` becomes `LatestListY`."""
    parts = re.findall(r"[A-Za-z0-9]+", re.sub(r"eternaltwin(\.\w+)*\.", "", name))
    return "".join(part[0].upper() + part[1:] for part in parts)


def _struct_name(name: str) -> str:
    """Return the name of a struct, whose schema has the types of its parameters in its name: `Listing_User_`."""
    return name[:1] + name[1:].partition("_")[0]


def _converted(node: object) -> Any:
    """Return a schema with readable references, and with the regular expressions of JSON schemas."""
    if isinstance(node, dict):
        items = cast("Schema", node).items()
        return {key: _CONVERSIONS[key](value) if key in _CONVERSIONS else _converted(value) for key, value in items}
    return [_converted(item) for item in cast("list[object]", node)] if isinstance(node, list) else node


def _reference(target: str) -> str:
    return _REFERENCE_PREFIX + _readable(target.removeprefix(_REFERENCE_PREFIX))


def _pattern(pattern: str) -> str:
    r"""Replace `\A` and `\Z`, which ECMA 262 lacks: its `$`, unlike Python's, matches nowhere but at the end."""
    return pattern.replace(r"\A", "^").replace(r"\Z", "$")


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {"$ref": _reference, "pattern": _pattern}


def _collect(kind: Any, structs: Structs) -> None:
    """Add the structs that a type consists of, by name."""
    origin = get_origin(kind) or kind
    if isinstance(origin, type) and issubclass(origin, msgspec.Struct) and origin.__name__ not in structs:
        structs[origin.__name__] = origin
        for field in msgspec.structs.fields(origin):
            _collect(field.type, structs)
    for argument in get_args(kind):
        _collect(argument, structs)


def _always_sent(struct: type[msgspec.Struct]) -> list[str]:
    """Return the fields of a struct that every response contains."""
    return [field.encode_name for field in msgspec.structs.fields(struct) if field.default is not msgspec.UNSET]


def _anything(_: type) -> Schema:
    """Return the schema of `object`. It is not empty, since msgspec ignores empty ones."""
    return {"description": "Anything."}


class Schemas:
    """The schemas of types and of their fields.

    Args:
        requests: Types of request bodies.
        responses: Types of response bodies. Responses always contain the fields that have a default.

    Attributes:
        components: The schemas of structs by name.
    """

    def __init__(self, requests: Iterable[Any], responses: Iterable[Any]) -> None:
        sent = list(requests)
        types = list(dict.fromkeys([*sent, *responses]))
        schemas, components = msgspec.json.schema_components(
            types, schema_hook=_anything, ref_template=f"{_REFERENCE_PREFIX}{{name}}"
        )
        structs: Structs = {}
        for kind in types:
            _collect(kind, structs)
        struct_of = {name: structs[_struct_name(name)] for name in components}
        self._schemas: dict[Any, Schema] = dict(zip(types, map(_converted, schemas), strict=True))
        _, of_bodies = msgspec.json.schema_components(sent)
        for name in components.keys() - of_bodies.keys():
            components[name]["required"] = _always_sent(struct_of[name])
        self.components = {_readable(name): _polished(struct_of[name], components[name]) for name in sorted(components)}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type.

        Args:
            kind: One of the types of the constructor.

        Returns:
            The schema, which refers to `components`.
        """
        return self._schemas[kind]


def _described_fields(struct: type[msgspec.Struct]) -> dict[str, str]:
    """Return the descriptions of the fields of a struct, those of its base classes included."""
    docstrings = [base.__doc__ or "" for base in reversed(struct.__mro__) if issubclass(base, msgspec.Struct)]
    return {name: text for docstring in docstrings for name, text in split_docstring(docstring)[1].items()}


def _polished(struct: type[msgspec.Struct], schema: Schema) -> Schema:
    """Return the schema of a struct with readable descriptions."""
    polished = cast("Schema", _converted(schema))
    polished.pop("title", None)
    polished["description"], _ = split_docstring(polished["description"])
    fields = _described_fields(struct)
    properties: Schema = polished["properties"]
    for field in msgspec.structs.fields(struct):
        properties[field.encode_name] = properties[field.encode_name] | {"description": fields[field.name]}
    kind = properties.get("type", {}).pop("default", None)
    if kind is not None and struct.__name__ not in _OF_SEVERAL_TYPES:
        properties["type"] = {"const": kind}
    return polished
