"""The JSON of links between users and archived accounts. Source: `eternaltwin_core` 0.16.4."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import Time
from eternaltwin.models.names import ShortUser


class Act(msgspec.Struct, frozen=True):
    """When something was done, and by whom."""

    time: Time
    user: ShortUser


class ShortArchiveUser(msgspec.Struct, frozen=True, kw_only=True):
    """An archived account where only a name is needed.

    Attributes:
        type: `DinoparcUser`, `HammerfestUser` or `TwinoidUser`.
        server: such as `hammerfest.fr`; Twinoid has one server, which is not named.
        id: a decimal number.
        username: the name on Dinoparc or Hammerfest.
        display_name: the name on Twinoid.
    """

    type: str
    server: str | UnsetType = UNSET
    id: str
    username: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET

    @property
    def name(self) -> str:
        """The name, in whichever field it is."""
        names = (self.username, self.display_name)
        return next((name for name in names if name is not UNSET), "")


class ArchiveUserRef(msgspec.Struct, frozen=True, kw_only=True):
    """An archived account where only the id is needed: the body of an unlinking."""

    type: str
    server: str | UnsetType = UNSET
    id: str


class CurrentLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that stands: `link` is when and by whom it was made."""

    link: Act
    unlink: None = None
    user: ShortArchiveUser


class OldLink(msgspec.Struct, frozen=True, kw_only=True):
    """A link that was taken back. The account is in `remote`, unlike in a link that stands."""

    link: Act
    unlink: Act
    remote: ShortArchiveUser


class Link(msgspec.Struct, frozen=True):
    """The link to an archived account, and the ones before it."""

    current: CurrentLink | None = None
    old: list[OldLink] = []


class Links(msgspec.Struct, frozen=True):
    """The archived accounts that a user has linked."""

    dinoparc_com: Link = msgspec.field(default_factory=Link)
    en_dinoparc_com: Link = msgspec.field(default_factory=Link)
    hammerfest_es: Link = msgspec.field(default_factory=Link)
    hammerfest_fr: Link = msgspec.field(default_factory=Link)
    hfest_net: Link = msgspec.field(default_factory=Link)
    sp_dinoparc_com: Link = msgspec.field(default_factory=Link)
    twinoid: Link = msgspec.field(default_factory=Link)


class CurrentOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The user that an archived account is linked to."""

    link: Act
    unlink: None = None
    user: ShortUser


class OldOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A user that an archived account was linked to."""

    link: Act
    unlink: Act
    user: ShortUser


class Owners(msgspec.Struct, frozen=True):
    """Whom an archived account is linked to, and whom it was before: its field `etwin`."""

    current: CurrentOwner | None = None
    old: list[OldOwner] = []


class LinkOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PUT /api/v1/users/{id}/links/{site}`: one of the ids, by the kind of the site.

    `Ref`, which is for administrators, is the one method of 0.16.4.
    """

    method: str = "Ref"
    dinoparc_user_id: str | UnsetType = UNSET
    hammerfest_user_id: str | UnsetType = UNSET
    twinoid_user_id: str | UnsetType = UNSET
