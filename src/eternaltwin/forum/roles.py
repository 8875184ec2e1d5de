"""The roles that users have in a section."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.users import User, make_user

if TYPE_CHECKING:
    from eternaltwin import models

#: The role that administrators of Eternaltwin have in every section.
ADMINISTRATOR = "Administrator"

#: The role of the moderators of a section.
MODERATOR = "Moderator"


class RoleGrant:
    """A role that a user has in a section.

    Args:
        grant: The part of a response to convert.

    Attributes:
        role: The role, such as `Moderator`.
        user: The user who has the role.
        since: When the role was granted, in UTC.
        granted_by: The user who granted the role.
    """

    def __init__(self, grant: models.ForumRoleGrant) -> None:
        self.role = grant.role
        self.user = make_user(User, grant.user)
        self.since = grant.start_time
        self.granted_by = make_user(User, grant.granted_by)

    def __repr__(self) -> str:
        return f"<RoleGrant {self.role} {self.user.username!r}>"
