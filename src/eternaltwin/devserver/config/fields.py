"""The parts of a configuration's tables: fields, rules for their values, and the requirements in error messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

import msgspec
from msgspec import inspect

from eternaltwin.devserver.domain.names import TITLE_RULE, parse_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

#: A number of an older game, which has 32 bits.
Int32 = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]

#: A TCP port. Port 0 lets the system choose one.
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]


class Rule(NamedTuple):
    """What a string in a configuration must be, as an annotation of a field.

    Attributes:
        parse: Converts the string to the field's value. Returns None if the string is wrong.
        requirement: What the string must be, as it follows "must be" in an error message.
        or_null: Whether null is allowed as well.
    """

    parse: Callable[[str], object | None]
    requirement: str
    or_null: bool = False


#: The name of a game, a section or an archived account.
Title = Annotated[str, Rule(parse_title, TITLE_RULE)]


def rule_of(annotation: object) -> Rule | None:
    """Return the rule for a field.

    Args:
        annotation: The type of the field.

    Returns:
        The rule, or None if the type needs none.
    """
    metadata: tuple[object, ...] = getattr(annotation, "__metadata__", ())
    return next((entry for entry in metadata if isinstance(entry, Rule)), None)


def one_of(choices: tuple[str, ...]) -> Rule:
    """Build the rule that a string is one of a few words.

    Args:
        choices: The allowed words.

    Returns:
        The rule.
    """

    def parse(text: str) -> str | None:
        return text if text in choices else None

    return Rule(parse, _one_of(choices))


class ConfigTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table of a configuration.

    Subclasses have `msgspec.Struct` as a second base, so that linters know that their annotations are evaluated.
    """

    @classmethod
    def defaults(cls, key: str) -> dict[str, object]:
        """Return the defaults of a new table that depend on its key, such as `zoe` in `seed.user.zoe`.

        Args:
            key: The last part of the table's key.

        Returns:
            Values of fields, by name.
        """
        del key
        return {}

    @classmethod
    def completed(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        """Return the values of fields that follow from those in a file.

        Args:
            given: Values of fields that the file contains, by name.

        Returns:
            Values of all fields that are to be changed, by name.
        """
        return given

    def problems(self, key: str) -> Iterator[tuple[str, str]]:
        """Find the values that are wrong together, or with the table's key.

        Args:
            key: The last part of the table's key.

        Yields:
            The key of a wrong value within this table, which is empty for the table itself, and the problem.
        """
        del key
        yield from ()


def whole_number_in(allowed: range) -> str:
    """Return what a whole number must be, as it follows "must be" in an error message.

    Args:
        allowed: The possible numbers.

    Returns:
        A phrase such as `a whole number from 0 to 65535`.
    """
    return f"a whole number from {allowed[0]} to {allowed[-1]}"


def requirement_of(annotation: object) -> str | None:
    """Return what the value of a field must be, as it follows "must be" in an error message.

    Args:
        annotation: The type of the field.

    Returns:
        A phrase such as `a whole number from 0 to 65535`, or None if there is none for this type.
    """
    return _requirement(inspect.type_info(annotation))


_PHRASES: dict[type[inspect.Type], str] = {
    inspect.StrType: "a string",
    inspect.BoolType: "true or false",
    inspect.ListType: "a list",
    inspect.DictType: "a table",
    inspect.StructType: "a table",
}


def _requirement(kind: inspect.Type) -> str | None:
    match kind:
        case inspect.UnionType(types=(only, inspect.NoneType())):
            return _requirement(only)
        case inspect.IntType(ge=int(lowest), le=int(highest)):
            return whole_number_in(range(lowest, highest + 1))
        case inspect.IntType():
            return "a whole number"
        case inspect.FloatType(ge=float(lowest), le=float(highest)):
            return f"a number from {lowest:g} to {highest:g}"
        case inspect.LiteralType(values=values):
            return _one_of(values)
        case _:
            return _PHRASES.get(type(kind))


def _one_of(choices: tuple[object, ...]) -> str:
    return f"one of {', '.join(map(repr, choices))}"
