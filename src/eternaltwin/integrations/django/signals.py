"""The signals. The sender is the model `EternaltwinAccount`, and all arguments are passed by name.

- `logged_in`: `account`, `created` (whether this is the first sign-in), `request`, and `login`, a
  [`Login`][eternaltwin.login.Login] with the token. Store the token only if the game needs it. The player is already
  signed in to `request`. A receiver turns the player away by raising an
  [`AccountRefusedError`][eternaltwin.exceptions.AccountRefusedError]: the player is signed out again, with an empty
  session, and the page of a failed sign-in is shown. The user and the account stay in the database.
- `name_changed`: `account`, `old`, `new`.
- `account_deleted`: `account`.
- `account_connected`: `account`, whose `user` has signed in in another way before, and has connected it.
- `account_disconnected`: `account`, which is no longer in the database, and `user`, who had it.
- `account_moved`: `account`, `old` and `new`: the users who had it before, and have it now.

Changed names and deleted accounts are noticed at a sign-in and by the command `sync_eternaltwin_users`. A deleted
player can no longer sign in.
"""

from __future__ import annotations

from django.dispatch import Signal

__all__ = [
    "account_connected",
    "account_deleted",
    "account_disconnected",
    "account_moved",
    "logged_in",
    "name_changed",
]

#: A player has signed in. A receiver may turn the player away.
logged_in = Signal()

#: A player has another display name than before.
name_changed = Signal()

#: A player has deleted their account at Eternaltwin.
account_deleted = Signal()

#: A user who had none has connected an account.
account_connected = Signal()

#: A user has disconnected the account.
account_disconnected = Signal()

#: An account has been moved to another user.
account_moved = Signal()
