"""The JSON of links between users and archived accounts. Source: `eternaltwin_core` 0.16.4."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.models.common import AccountNumber, Time
from eternaltwin.models.names import ShortUser


class Act(msgspec.Struct, frozen=True):
    """An action: when it was done, and by whom.

    Attributes:
        time: When it was done.
        user: The user who did it.
    """

    time: Time
    user: ShortUser


class ShortArchiveUser(msgspec.Struct, frozen=True, kw_only=True):
    """An archived account in the short form.

    Attributes:
        type: The kind of account: `DinoparcUser`, `HammerfestUser` or `TwinoidUser`.
        server: The server, such as `hammerfest.fr`. Not sent for Twinoid, which has one server.
        id: The number of the account on its server, in decimal.
        username: The name on Dinoparc or Hammerfest.
        display_name: The name on Twinoid.
    """

    type: str
    server: str | UnsetType = UNSET
    id: str
    username: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET

    @property
    def name(self) -> str:
        """The name, from `username` or `display_name`. Empty if neither was sent."""
        names = (self.username, self.display_name)
        return next((name for name in names if name is not UNSET), "")


class ArchiveUserRef(msgspec.Struct, frozen=True, kw_only=True):
    """A reference to an archived account: the body of `DELETE /api/v1/users/{id}/links/{site}`.

    Attributes:
        type: The kind of account: `DinoparcUser`, `HammerfestUser` or `TwinoidUser`. 0.16.4 does not read it.
        server: The server, such as `hammerfest.fr`. Not sent for Twinoid.
        id: The number of the account on its server, in decimal or as a number.
    """

    type: str | UnsetType = UNSET
    server: str | UnsetType = UNSET
    id: AccountNumber | int


class CurrentLink(msgspec.Struct, frozen=True, kw_only=True):
    """The current link from a user to an archived account.

    Attributes:
        link: When the link was made, and by whom.
        unlink: Always null, since the link is current.
        user: The archived account.
    """

    link: Act
    unlink: None = None
    user: ShortArchiveUser


class OldLink(msgspec.Struct, frozen=True, kw_only=True):
    """A former link from a user to an archived account.

    Attributes:
        link: When the link was made, and by whom.
        unlink: When the link was removed, and by whom.
        remote: The archived account. The current link has it in `user`.
    """

    link: Act
    unlink: Act
    remote: ShortArchiveUser


class Link(msgspec.Struct, frozen=True):
    """The links from a user to the archived accounts of one site.

    Attributes:
        current: The current link. Null if there is none.
        old: The former links.
    """

    current: CurrentLink | None = None
    old: list[OldLink] = []


class Links(msgspec.Struct, frozen=True):
    """The links from a user to archived accounts, by site.

    Attributes:
        dinoparc_com: The link to `dinoparc.com`.
        en_dinoparc_com: The link to `en.dinoparc.com`.
        hammerfest_es: The link to `hammerfest.es`.
        hammerfest_fr: The link to `hammerfest.fr`.
        hfest_net: The link to `hfest.net`.
        sp_dinoparc_com: The link to `sp.dinoparc.com`.
        twinoid: The link to `twinoid.com`.
    """

    dinoparc_com: Link = msgspec.field(default_factory=Link)
    en_dinoparc_com: Link = msgspec.field(default_factory=Link)
    hammerfest_es: Link = msgspec.field(default_factory=Link)
    hammerfest_fr: Link = msgspec.field(default_factory=Link)
    hfest_net: Link = msgspec.field(default_factory=Link)
    sp_dinoparc_com: Link = msgspec.field(default_factory=Link)
    twinoid: Link = msgspec.field(default_factory=Link)


class CurrentOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The user that an archived account is linked to.

    Attributes:
        link: When the link was made, and by whom.
        unlink: Always null, since the link is current.
        user: The user.
    """

    link: Act
    unlink: None = None
    user: ShortUser


class OldOwner(msgspec.Struct, frozen=True, kw_only=True):
    """A user that an archived account was linked to.

    Attributes:
        link: When the link was made, and by whom.
        unlink: When the link was removed, and by whom.
        user: The user.
    """

    link: Act
    unlink: Act
    user: ShortUser


class Owners(msgspec.Struct, frozen=True):
    """The users that an archived account is and was linked to: its field `etwin`.

    Attributes:
        current: The current link. Null if there is none.
        old: The former links.
    """

    current: CurrentOwner | None = None
    old: list[OldOwner] = []


class LinkOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `PUT /api/v1/users/{id}/links/{site}`: the id in the field of the site's kind.

    Attributes:
        method: How the link is proved. `Ref`, for administrators, is the only method of 0.16.4.
        dinoparc_user_id: The number of a Dinoparc account, in decimal or as a number.
        hammerfest_user_id: The number of a Hammerfest account, in decimal or as a number.
        twinoid_user_id: The number of a Twinoid account, in decimal or as a number.
    """

    method: Literal["Ref"]
    dinoparc_user_id: AccountNumber | int | UnsetType = UNSET
    hammerfest_user_id: AccountNumber | int | UnsetType = UNSET
    twinoid_user_id: AccountNumber | int | UnsetType = UNSET
