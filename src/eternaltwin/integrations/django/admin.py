"""The pages of Django's administration site, for reading: Eternaltwin is the source of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eternaltwin.integrations.django.models import EternaltwinAccount, EternaltwinName
from eternaltwin.integrations.django.usernames import username_field_name

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    AccountAdminBase = admin.ModelAdmin[EternaltwinAccount]
    NameInlineBase = admin.TabularInline[EternaltwinName, EternaltwinAccount]
else:
    AccountAdminBase = admin.ModelAdmin
    NameInlineBase = admin.TabularInline


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


@admin.register(EternaltwinAccount)
class EternaltwinAccountAdmin(AccountAdminBase):
    """Lists accounts, which can be searched by current and former display name, id and user name."""

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
