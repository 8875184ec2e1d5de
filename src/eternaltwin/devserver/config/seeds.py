"""The users, games and sections of a development server without configuration: those of the official server 0.16.4."""

from __future__ import annotations

from eternaltwin.devserver.config.types import AppSeed, ForumSectionSeed, SeedConfig, UserSeed


def _user(username: str, *, is_administrator: bool = False) -> UserSeed:
    """Build a user whose password is the first letter of the name, ten times."""
    return UserSeed(
        username=username,
        display_name=username.capitalize(),
        password=username[0] * 10,
        is_administrator=is_administrator,
    )


def _app(display_name: str, uri: str, callback: str = "oauth/callback") -> AppSeed:
    return AppSeed(display_name=display_name, uri=uri, oauth_callback=f"{uri}{callback}")


_USERS = {
    "alice": _user("alice", is_administrator=True),
    **{name: _user(name) for name in ("bob", "charlie", "dan", "eve", "frank")},
}

_APPS = {
    "brute_dev": _app("LaBrute", "http://localhost:3000/"),
    "emush_dev": _app("eMush", "http://emush.localhost/"),
    "eternalfest_dev": _app("Eternalfest", "http://localhost:50313/"),
    "kadokadeo_dev": _app("Kadokadeo", "http://kadokadeo.localhost/"),
    "kingdom_dev": _app("Kingdom", "http://localhost:8000/"),
    "myhordes_dev": _app("MyHordes", "http://myhordes.localhost/", "twinoid"),
    "neoparc_dev": _app("NeoParc", "http://localhost:8880/", "api/account/callback"),
}

_FORUM_SECTIONS = {
    "main_en": ForumSectionSeed(display_name="Main Forum (en-US)", locale="en-US"),
    "main_fr": ForumSectionSeed(display_name="Forum Général (fr-FR)", locale="fr-FR"),
    "main_es": ForumSectionSeed(display_name="Foro principal (es-SP)", locale="es-SP"),
    "main_de": ForumSectionSeed(display_name="Hauptforum (de-DE)", locale="de-DE"),
    "main_eo": ForumSectionSeed(display_name="Ĉefa forumo (eo)", locale="eo"),
    "eternalfest_main": ForumSectionSeed(display_name="[Eternalfest] Le Panthéon", locale="fr-FR"),
    "emush_main": ForumSectionSeed(display_name="[eMush] Neron is watching you", locale="fr-FR"),
    "drpg_main": ForumSectionSeed(display_name="[DinoRPG] Jurassic Park", locale="fr-FR"),
    "myhordes_main": ForumSectionSeed(display_name="[Myhordes] Le Saloon", locale="fr-FR"),
    "kadokadeo_main": ForumSectionSeed(display_name="[Kadokadeo] Café des palabres", locale="fr-FR"),
    "kingdom_main": ForumSectionSeed(display_name="[Kingdom] La foire du trône", locale="fr-FR"),
    "na_main": ForumSectionSeed(display_name="[Naturalchimie] Le laboratoire", locale="fr-FR"),
    "sq_main": ForumSectionSeed(display_name="[Studioquiz] Le bar à questions", locale="fr-FR"),
    "ts_main": ForumSectionSeed(display_name="[Teacher Story] La salle des profs", locale="fr-FR"),
    "popotamo_main": ForumSectionSeed(display_name="[Popotamo] Le mot le plus long", locale="fr-FR"),
}

BUILT_IN_SEEDS = SeedConfig(user=_USERS, app=_APPS, forum_section=_FORUM_SECTIONS)
