"""The paths of what developers look at."""

from __future__ import annotations

#: The front page.
HOME = "/"

#: The stream of events with which the front page updates itself.
EVENTS = "/events"

#: The script of the front page.
SCRIPT = "/overview.js"

#: The descriptions of the API and of the control API, for people.
REFERENCE, CONTROL_REFERENCE = "/reference", "/reference/control"

#: All of these. Faults do not apply to them, the list of requests leaves them out, and to read them changes nothing.
OWN_PATHS = frozenset({HOME, EVENTS, SCRIPT, REFERENCE, CONTROL_REFERENCE})
