"""The names of the Marktwin that newer servers grant to a caller.

Source: the client of DinoRPG, a game with a forum in it. The released server 0.16.4 sends none of it.
"""

from __future__ import annotations

#: Marks that a token never gets: they belong to administrators and moderators.
ROLE_FLAGS = ("admin", "mod")

#: Marks that sections grant.
MARK_FLAGS = (
    "emphasis",
    "strong",
    "strikethrough",
    "quote",
    "spoiler",
    "animation",
    "announcement",
    "bad",
    "big",
    "code",
    "collapse",
    "list",
    "rp",
    "sidenote",
    "underline",
    "user",
)
