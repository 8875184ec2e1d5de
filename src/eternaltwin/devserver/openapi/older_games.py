"""Archived accounts of older games and links to them, as the description has them."""

from __future__ import annotations

from eternaltwin import models
from eternaltwin.devserver.api import archives, links
from eternaltwin.devserver.openapi.operations import PLAYERS, REFUSAL, TEXT, Operation

_DINOPARC_SERVERS = ["dinoparc.com", "en.dinoparc.com", "sp.dinoparc.com"]
_HAMMERFEST_SERVERS = ["hammerfest.es", "hammerfest.fr", "hfest.net"]

_LARGEST_ID = 10**9 - 1

_DINOPARC: dict[str, dict[str, object]] = {
    "server": {"enum": _DINOPARC_SERVERS},
    "id": {"type": "integer", "minimum": 0, "maximum": _LARGEST_ID},
}
_HAMMERFEST: dict[str, dict[str, object]] = {
    "server": {"enum": _HAMMERFEST_SERVERS},
    "id": {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID},
}
_TWINOID: dict[str, dict[str, object]] = {
    "id": {"type": "integer", "minimum": 1, "maximum": _LARGEST_ID},
    "site": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
}
_SITE: dict[str, dict[str, object]] = {
    "site": {"enum": [*_DINOPARC_SERVERS, *_HAMMERFEST_SERVERS, "twinoid.com"]},
}
_UNKNOWN_USER = "The status is 500 where there is no such user."

ARCHIVES = (
    Operation(
        handler=archives.get_dinoparc_user,
        answers={200: (models.DinoparcUser,), 400: TEXT, 404: REFUSAL},
        path=_DINOPARC,
    ),
    Operation(
        handler=archives.get_dinoz,
        answers={200: (models.DinoparcDinoz,), 400: TEXT, 404: REFUSAL},
        path=_DINOPARC,
    ),
    Operation(
        handler=archives.get_hammerfest_user,
        answers={200: (models.HammerfestUser,), 400: TEXT, 404: REFUSAL},
        path=_HAMMERFEST,
    ),
    Operation(
        handler=archives.get_twinoid_user,
        answers={200: (models.TwinoidUser,), 400: TEXT, 404: REFUSAL},
        path=_TWINOID,
    ),
    Operation(
        handler=archives.get_twinoid_scores,
        answers={200: (list[models.TwinoidScore],), 400: TEXT, 500: REFUSAL},
        path=_TWINOID,
        about=_UNKNOWN_USER,
    ),
    Operation(
        handler=archives.get_twinoid_rewards,
        answers={200: (models.TwinoidRewards,), 400: TEXT, 500: REFUSAL},
        path=_TWINOID,
        about=_UNKNOWN_USER,
    ),
)

_REFUSED = {400: (*TEXT, *REFUSAL), 403: REFUSAL, 404: REFUSAL, 415: TEXT, 500: REFUSAL}

LINKS = (
    Operation(
        handler=links.link,
        answers=_REFUSED | {200: (models.Link,), 409: REFUSAL},
        body=models.LinkOrder,
        path=_SITE,
        askers=PLAYERS,
        needs_asker=True,
        only_released=frozenset({500}),
        about="The body names the account in the field for its kind of site.",
    ),
    Operation(
        handler=links.unlink,
        answers=_REFUSED | {200: (models.Link,)},
        body=models.ArchiveUserRef,
        path=_SITE,
        askers=PLAYERS,
        needs_asker=True,
        only_released=frozenset({500}),
    ),
)
