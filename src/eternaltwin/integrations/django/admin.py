"""The pages of Django's administration site. Accounts can be moved and deleted, the rest is only shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import admin, messages
from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eternaltwin.integrations.django.forms import MoveForm
from eternaltwin.integrations.django.models import EternaltwinAccount, EternaltwinName
from eternaltwin.integrations.django.templatetags.eternaltwin_admin import MOVE_VIEW
from eternaltwin.integrations.django.usernames import username_field_name

if TYPE_CHECKING:
    from typing import Any

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import PermissionsMixin
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern

    AccountAdminBase = admin.ModelAdmin[EternaltwinAccount]
    NameInlineBase = admin.TabularInline[EternaltwinName, EternaltwinAccount]
    AccountInlineBase = admin.StackedInline[EternaltwinAccount, AbstractBaseUser]
    UserAdminBase = admin.ModelAdmin[Any]
    UserInline = admin.options.InlineModelAdmin[Any, Any]
else:
    AccountAdminBase = admin.ModelAdmin
    NameInlineBase = admin.TabularInline
    AccountInlineBase = admin.StackedInline
    UserAdminBase = object

__all__ = [
    "DeletedFilter",
    "EternaltwinAccountAdmin",
    "EternaltwinAccountInline",
    "EternaltwinUserAdminMixin",
    "NameInline",
]

_CHANGE_VIEW = "eternaltwin_eternaltwinaccount_change"


class DeletedFilter(admin.SimpleListFilter):
    """Filters accounts by whether they are deleted at Eternaltwin."""

    title = _("deleted at Eternaltwin")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[EternaltwinAccount]) -> list[tuple[str, str]]:
        """Return the choices of the filter.

        Args:
            request: The request for the page.
            model_admin: The page with the filter.

        Returns:
            Pairs of the value in the URL and the text that is shown.
        """
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(
        self,
        request: HttpRequest,
        queryset: QuerySet[EternaltwinAccount],
    ) -> QuerySet[EternaltwinAccount]:
        """Return the accounts that match the choice.

        Args:
            request: The request for the page.
            queryset: The accounts to filter.

        Returns:
            The matching accounts; all of them if nothing is chosen.
        """
        if self.value() is None:
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() == "no")


class NameInline(NameInlineBase):
    """The display names that an account was seen with."""

    model = EternaltwinName
    fields = ("display_name", "seen_at")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: EternaltwinAccount | None = None) -> bool:
        """Refuse to add names, since they come from Eternaltwin.

        Args:
            request: The request for the page.
            obj: The account.

        Returns:
            False.
        """
        return False


class EternaltwinAccountInline(AccountInlineBase):
    """The account of a user, for the page of the user."""

    model = EternaltwinAccount
    fk_name = "user"
    fields = ("display_name", "known_names", "identifier", "connection", "last_login_at", "deleted_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: AbstractBaseUser | None = None) -> bool:
        """Refuse to add accounts, since they come from sign-ins.

        Args:
            request: The request for the page.
            obj: The user.

        Returns:
            False.
        """
        return False

    @admin.display(description=_("display names"))
    def known_names(self, account: EternaltwinAccount) -> str:
        """Return the display names that an account was seen with, the latest first.

        Args:
            account: The account.

        Returns:
            The names, with commas in between.
        """
        return ", ".join(account.names.values_list("display_name", flat=True))


class EternaltwinUserAdminMixin(UserAdminBase):
    """Adds the Eternaltwin account to the page of a user, for the administration of any user model.

    Example:
        ```python
        admin.site.unregister(User)


        @admin.register(User)
        class PlayerAdmin(EternaltwinUserAdminMixin, UserAdmin):
            pass
        ```
    """

    def get_inlines(self, request: HttpRequest, obj: AbstractBaseUser | None) -> list[type[UserInline]]:
        """Return the tables and forms below the fields of a user.

        Args:
            request: The request for the page.
            obj: The user. None on the page that adds one.

        Returns:
            Those of the other classes, and the account.
        """
        others = list(super().get_inlines(request, obj))
        return others if obj is None else [*others, EternaltwinAccountInline]


@admin.register(EternaltwinAccount)
class EternaltwinAccountAdmin(AccountAdminBase):
    """Lists accounts, which can be searched by current and former display name, id and user name."""

    actions = ("move_to_another_user",)
    delete_confirmation_template = "admin/eternaltwin/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/eternaltwin/delete_selected_confirmation.html"

    list_display = ("display_name", "user_link", "connection", "last_login_at", "synced_at", "is_deleted")
    list_filter = (DeletedFilter, "connection", "last_login_at")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    inlines = (NameInline,)
    fields = (
        "identifier",
        "display_name",
        "user_link",
        "connection",
        "is_administrator",
        "created_at",
        "updated_at",
        "last_login_at",
        "synced_at",
        "deleted_at",
    )
    readonly_fields = fields
    search_help_text = _("By current and former display name, Eternaltwin id and user name")

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the fields to search. The one of the user name depends on the user model of the site.

        Args:
            request: The request for the page.

        Returns:
            The names of the fields.
        """
        return ["display_name", "names__display_name", "=identifier", f"user__{username_field_name()}"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse to add accounts, since they come from sign-ins.

        Args:
            request: The request for the page.

        Returns:
            False.
        """
        return False

    def get_urls(self) -> list[URLPattern]:
        """Return the URL patterns, with that of the page that moves an account.

        Returns:
            The patterns.
        """
        view = self.admin_site.admin_view(self.move_view)
        return [path("<path:object_id>/move/", view, name=MOVE_VIEW), *super().get_urls()]

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Return whether somebody may move accounts: whoever may change accounts, and also users.

        An account decides who signs in as a user, like a password.

        Args:
            request: The request for the page.

        Returns:
            Whether they may.
        """
        meta = get_user_model()._meta
        permission = f"{meta.app_label}.{get_permission_codename('change', meta)}"
        may_change_users = cast("PermissionsMixin", request.user).has_perm(permission)
        return self.has_change_permission(request) and may_change_users

    @admin.action(description=_("Move to another user"), permissions=["move"])
    def move_to_another_user(
        self, request: HttpRequest, queryset: QuerySet[EternaltwinAccount]
    ) -> HttpResponseRedirect | None:
        """Open the page that moves the selected account.

        Args:
            request: The request for the page.
            queryset: The selected accounts.

        Returns:
            The redirect, or None if not exactly one account is selected.
        """
        accounts = list(queryset[:2])
        if len(accounts) != 1:
            self.message_user(request, gettext("Select one account to move."), messages.ERROR)
            return None
        return HttpResponseRedirect(reverse(f"admin:{MOVE_VIEW}", args=[accounts[0].pk]))

    def move_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the form that moves an account, and move it.

        Args:
            request: The request for the page.
            object_id: Primary key of the account.

        Returns:
            The page, or a redirect to the page of the account.

        Raises:
            PermissionDenied: The administrator may not move accounts.
            Http404: There is no such account.
        """
        if not self.has_move_permission(request):
            raise PermissionDenied
        account = self.get_object(request, object_id)
        if account is None:
            raise Http404("there is no such account")
        form = MoveForm(request.POST or None, account=account, mover=request.user)
        old = str(account.user)
        if form.is_valid() and form.move():
            self.log_change(request, account, f"Moved from the user {old!r} to {str(account.user)!r}.")
            self.message_user(request, gettext("The account has been moved."), messages.SUCCESS)
            return HttpResponseRedirect(reverse(f"admin:{_CHANGE_VIEW}", args=[account.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Move to another user"),
            "explanation": gettext(
                "The player then signs in as the new user. The old user keeps everything else. Nothing is merged."
            ),
            "opts": self.opts,
            "original": account,
            "form": form,
            "move": gettext("Move"),
        }
        return TemplateResponse(request, "admin/eternaltwin/move.html", context)

    @admin.display(description=_("user"), ordering="user")
    def user_link(self, account: EternaltwinAccount) -> str:
        """Return the user of an account, as a link if users have pages in the administration site.

        Args:
            account: The account in the row.

        Returns:
            HTML, escaped.
        """
        meta = account.user._meta
        try:
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[account.user.pk])
        except NoReverseMatch:
            return str(account.user)
        return format_html('<a href="{}">{}</a>', url, account.user)

    @admin.display(description=_("deleted"), boolean=True, ordering="deleted_at")
    def is_deleted(self, account: EternaltwinAccount) -> bool:
        """Return whether an account is deleted at Eternaltwin.

        Args:
            account: The account in the row.

        Returns:
            Whether it is deleted.
        """
        return account.is_deleted
