"""The form of the administration site that moves an account to another user."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.integrations.django.connecting import move_account
from eternaltwin.integrations.django.lookups import account_of, database
from eternaltwin.integrations.django.usernames import username_field_name

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from eternaltwin.integrations.django.models import EternaltwinAccount


class MoveForm(forms.Form):
    """Asks for the user to move an account to.

    Args:
        data: The submitted fields. None for an empty form.
        account: The account.
        mover: The administrator who moves it.
    """

    user = forms.CharField(label=_("User name of the new user"))

    def __init__(self, data: object, *, account: EternaltwinAccount, mover: object) -> None:
        super().__init__(cast("dict[str, str] | None", data))
        self._account = account
        self._mover = mover

    def clean_user(self) -> AbstractBaseUser:
        """Look up the new user.

        Returns:
            The user.

        Raises:
            ValidationError: There is no such user, they have an account, or the administrator may not move accounts of
                superusers.
        """
        name = str(self.cleaned_data["user"])
        users = get_user_model()._base_manager.using(database())
        user = users.filter(**{username_field_name(): name}).first()
        if user is None:
            raise forms.ValidationError(gettext("There is no such user."))
        if account_of(user) is not None:
            raise forms.ValidationError(gettext("This user has an Eternaltwin account already."))
        if not _may_act_as(self._mover, user) or not _may_act_as(self._mover, self._account.user):
            raise forms.ValidationError(gettext("Only superusers move accounts of superusers."))
        return user

    def move(self) -> bool:
        """Move the account to the user of a valid form.

        Returns:
            False if the user has got an account meanwhile. Nothing has changed then.
        """
        try:
            move_account(self._account, cast("AbstractBaseUser", self.cleaned_data["user"]))
        except InvalidArgumentError as exc:
            self.add_error("user", str(exc))
            return False
        return True


def _may_act_as(mover: object, user: object) -> bool:
    """Return whether an administrator may decide who signs in as a user: nobody becomes a superuser like this."""
    return bool(getattr(mover, "is_superuser", False)) or not getattr(user, "is_superuser", False)
