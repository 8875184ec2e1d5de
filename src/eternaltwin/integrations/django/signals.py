"""What a game may want to know of.

=================== ================================================================================
signal              arguments, all by name; the sender is the model `EternaltwinAccount`
=================== ================================================================================
`logged_in`       `account`, `created` (whether this is the first time), `request`, and
                    `login` ([`Login`][eternaltwin.login.Login]), with the token: keep it only if
                    you must
`name_changed`    `account`, `old`, `new`: noticed at a sign-in, or by the command
                    `sync_eternaltwin_users`
`account_deleted` `account`: noticed by that command. The player can no longer sign in
=================== ================================================================================
"""

from __future__ import annotations

from django.dispatch import Signal

#: A player has signed in.
logged_in = Signal()

#: A player has another display name than before.
name_changed = Signal()

#: A player has deleted their account at Eternaltwin.
account_deleted = Signal()
