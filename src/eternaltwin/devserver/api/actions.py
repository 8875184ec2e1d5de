"""`/actions`: the forms of Eternaltwin's website. The responses are redirects to pages that only the website has."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import FORM_HEADERS, FORM_PROBLEM, is_same_origin, read_form
from eternaltwin.devserver.api.operations import REDIRECT, TEXT, USER_CREDENTIALS, Operation
from eternaltwin.devserver.api.responses import ApiResponse, redirect, text_error, with_session
from eternaltwin.devserver.domain.archives import account_number
from eternaltwin.devserver.domain.errors import NameTakenError
from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.models.common import AccountNumber, ChosenDisplayName, ChosenUsername
from eternaltwin.rules.accounts import is_display_name, is_username
from eternaltwin.rules.archives import DINOPARC_SERVERS, HAMMERFEST_SERVERS, SITES

if TYPE_CHECKING:
    from eternaltwin.devserver.api.operations import ResponseBody
    from eternaltwin.devserver.api.requests import ApiRequest

_TAG = "Forms of the website"

_RESPONSES: dict[int, ResponseBody] = {303: REDIRECT, 403: TEXT, 413: TEXT, 415: TEXT, 422: TEXT}
_NO_VARIANT = f"{FORM_PROBLEM}: data did not match any variant of untagged enum RegisterBody"


def _check_origin(request: ApiRequest) -> None:
    """Refuse forms of other sites (cross-site request forgery), which the official server accepts."""
    if not is_same_origin(request):
        raise text_error(403, "the form was submitted from another site")


# --- registration


class RegistrationForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the registration form.

    Attributes:
        username: The name to log in with. Missing for a registration by e-mail, which the development server has not.
        email_token: The token of a mail. With it, the registration is refused.
        display_name: The display name.
        password: The password.
    """

    username: ChosenUsername | UnsetType = UNSET
    email_token: str | UnsetType = UNSET
    display_name: ChosenDisplayName
    password: str

    def __repr__(self) -> str:
        return f"<RegistrationForm {self.username!r}>"


def _registration(request: ApiRequest) -> tuple[str, RegistrationForm]:
    """Return the username and the form."""
    form = read_form(request, RegistrationForm)
    if not is_display_name(form.display_name):
        raise text_error(422, _NO_VARIANT)
    if form.email_token is not UNSET:
        raise text_error(500, "internal server error")
    if form.username is UNSET or not is_username(form.username):
        raise text_error(422, _NO_VARIANT)
    return form.username, form


@endpoint(
    "POST",
    "/actions/register",
    Operation(
        tag=_TAG,
        summary="Register, open a session, and redirect to the front page",
        responses=_RESPONSES | {500: TEXT},
        description="The status is 500 if the username is taken.",
        request_body=RegistrationForm,
        is_form=True,
        headers=FORM_HEADERS,
    ),
)
def _submit_registration(request: ApiRequest) -> ApiResponse:
    _check_origin(request)
    username, form = _registration(request)
    try:
        user = request.world.accounts.register(username, form.display_name, form.password.encode())
    except NameTakenError:
        raise text_error(500, "internal server error") from None
    return with_session(redirect("/"), request.world.sign_in.open_session(user))


# --- links


class DinoparcLinkForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the form that links a Dinoparc account.

    Attributes:
        method: Always `Ref`.
        user_id: Id of the user.
        dinoparc_server: The site.
        dinoparc_user_id: Number of the account.
    """

    method: Literal["Ref"]
    user_id: UUID
    dinoparc_server: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(DINOPARC_SERVERS)})]
    dinoparc_user_id: AccountNumber


class HammerfestLinkForm(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the form that links a Hammerfest account.

    Attributes:
        method: Always `Ref`.
        user_id: Id of the user.
        hammerfest_server: The site.
        hammerfest_user_id: Number of the account.
    """

    method: Literal["Ref"]
    user_id: UUID
    hammerfest_server: Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(HAMMERFEST_SERVERS)})]
    hammerfest_user_id: AccountNumber


def _link(request: ApiRequest, user_id: UUID, server: str, servers: tuple[str, ...], number: str) -> ApiResponse:
    """Link an account. The response is the same if that is refused."""
    account = account_number(number, SITES[server].ids) if server in servers else None
    if account is None:
        raise text_error(422, f"{FORM_PROBLEM}: there is no such site or account")
    with suppress(InvalidArgumentError):
        request.world.links.link(request.identity(), user_id, server, account)
    return redirect("/settings")


def _linking(game: str, form: type) -> Operation:
    return Operation(
        tag=_TAG,
        summary=f"Link a {game} account to a user, as an administrator, and redirect to the settings",
        responses=_RESPONSES,
        description="The redirect is the same if nothing was linked.",
        request_body=form,
        is_form=True,
        headers=FORM_HEADERS,
        security=USER_CREDENTIALS,
    )


@endpoint("POST", "/actions/link/dinoparc", _linking("Dinoparc", DinoparcLinkForm))
def _submit_dinoparc_link(request: ApiRequest) -> ApiResponse:
    _check_origin(request)
    form = read_form(request, DinoparcLinkForm)
    return _link(request, form.user_id, form.dinoparc_server, DINOPARC_SERVERS, form.dinoparc_user_id)


@endpoint("POST", "/actions/link/hammerfest", _linking("Hammerfest", HammerfestLinkForm))
def _submit_hammerfest_link(request: ApiRequest) -> ApiResponse:
    _check_origin(request)
    form = read_form(request, HammerfestLinkForm)
    return _link(request, form.user_id, form.hammerfest_server, HAMMERFEST_SERVERS, form.hammerfest_user_id)


ENDPOINTS = (_submit_registration, _submit_dinoparc_link, _submit_hammerfest_link)
