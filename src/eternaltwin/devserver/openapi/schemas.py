"""JSON schemas of request and response bodies, built from the structs of [`models`][eternaltwin.models]."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import msgspec

from eternaltwin import models
from eternaltwin.devserver.openapi.docstrings import split_docstring

if TYPE_CHECKING:
    from collections.abc import Iterable

    Schema = dict[str, Any]

_REFERENCE_PREFIX = "#/components/schemas/"

_ACCOUNT_IDS = ("dinoparc_user_id", "hammerfest_user_id", "twinoid_user_id")

#: Constraints that the structs do not have, so that clients can decode the responses of any server.
_DETAILS: dict[str, dict[str, Schema]] = {
    "ArchiveUserRef": {"id": {"pattern": "^[0-9]{1,9}$"}},
    "ForumActor": {"type": {"enum": ["UserForumActor", "ClientForumActor", "RoleForumActor"]}},
    "ForumPostEdit": {"comment": {"anyOf": [{"type": "string", "pattern": "."}, {"type": "null"}]}},
    "ForumSelf": {"roles": {"items": {"enum": ["Administrator", "Moderator"]}}},
    "LinkOrder": {name: {"pattern": "^[0-9]{1,9}$"} for name in _ACCOUNT_IDS},
    "LoginBody": {"password": {"pattern": "^([0-9a-fA-F]{2})*$"}},
    "NewForumThread": {"title": {"pattern": r"^\S.{0,62}\S$"}},
    "Registration": {
        "username": {"pattern": "^[a-z_][a-z0-9_]{1,31}$"},
        "display_name": {"minLength": 2, "maxLength": 64},
        "password": {"pattern": "^([0-9a-fA-F]{2})*$"},
    },
    "Self": {"type": {"enum": ["Guest", "User", "AccessToken", "OauthClient"]}},
    "UserPatch": {"display_name": {"minLength": 2, "maxLength": 64}},
}

#: Structs whose `type` may differ from its default.
_OF_SEVERAL_TYPES = ("ForumActor", "ShortArchiveUser")


def _readable(name: str) -> str:
    """Drop modules and brackets from a name: `Latest_list_eternaltwin.models.x.Y__` becomes `LatestListY`."""
    parts = re.findall(r"[A-Za-z0-9]+", re.sub(r"eternaltwin(\.\w+)*\.", "", name))
    return "".join(part[0].upper() + part[1:] for part in parts)


def _renamed(node: object) -> Any:
    """Return a schema with readable references."""
    if isinstance(node, dict):
        items = cast("Schema", node).items()
        return {key: _reference(value) if key == "$ref" else _renamed(value) for key, value in items}
    return [_renamed(item) for item in cast("list[object]", node)] if isinstance(node, list) else node


def _reference(target: str) -> str:
    return _REFERENCE_PREFIX + _readable(target.removeprefix(_REFERENCE_PREFIX))


def _always_sent(name: str) -> list[str]:
    """Return the fields of a struct that every response contains, by the name of its schema."""
    struct = getattr(models, name.lstrip("_").partition("_")[0], None)
    fields = () if struct is None else msgspec.structs.fields(struct)
    return [field.encode_name for field in fields if field.default is not msgspec.UNSET]


def _encoded_names(name: str) -> dict[str, str]:
    """Return the names in JSON of a struct's fields, by the name of its schema."""
    struct = getattr(models, name.partition("_")[0], None)
    return {} if struct is None else {field.name: field.encode_name for field in msgspec.structs.fields(struct)}


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
        self._schemas: dict[Any, Schema] = dict(zip(types, map(_renamed, schemas), strict=True))
        _, of_bodies = msgspec.json.schema_components(sent)
        for name in components.keys() - of_bodies.keys():
            components[name]["required"] = _always_sent(name) or components[name]["required"]
        self.components = {_readable(name): _polished(name, components[name]) for name in sorted(components)}

    def of(self, kind: Any) -> Schema:
        """Return the schema of a type.

        Args:
            kind: One of the types of the constructor.

        Returns:
            The schema, which refers to `components`.
        """
        return self._schemas[kind]


def _polished(name: str, schema: Schema) -> Schema:
    """Return the schema of a struct with readable descriptions and further constraints."""
    polished = cast("Schema", _renamed(schema))
    polished.pop("title", None)
    polished["description"], fields = split_docstring(polished["description"])
    properties: Schema = polished["properties"]
    for field, encoded in _encoded_names(name).items():
        properties[encoded] = properties[encoded] | {"description": fields[field]}
    for field, details in _DETAILS.get(name, {}).items():
        properties[field] = details if "anyOf" in details else properties[field] | details
    kind = properties.get("type", {}).pop("default", None)
    if kind is not None and name not in _OF_SEVERAL_TYPES:
        properties["type"] = {"const": kind}
    return polished
