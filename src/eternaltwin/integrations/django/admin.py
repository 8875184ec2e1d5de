"""The pages of Django's administration site: to look things up, since Eternaltwin says what is true."""

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
    """Accounts that are deleted at Eternaltwin, or are not."""

    title = _("deleted at Eternaltwin")
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[EternaltwinAccount]) -> list[tuple[str, str]]:
        """The choices."""
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(
        self,
        request: HttpRequest,
        queryset: QuerySet[EternaltwinAccount],
    ) -> QuerySet[EternaltwinAccount]:
        """The accounts of the choice."""
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
        """Nobody: names come from Eternaltwin."""
        return False


@admin.register(EternaltwinAccount)
class EternaltwinAccountAdmin(AccountAdminBase):
    """Accounts, found by current and former display names, ids and user names."""

    list_display = ("display_name", "user_link", "connection", "last_login_at", "synced_at", "is_deleted")
    list_filter = (DeletedFilter, "connection", "last_login_at")
    list_select_related = ("user",)
    date_hierarchy = "created_at"
    inlines = (NameInline,)
    fields = (
        "id",
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
        """What the search looks into; the user model may be the game's own."""
        return ["display_name", "names__display_name", "=id", f"user__{username_field_name()}"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody: accounts come from sign-ins."""
        return False

    @admin.display(description=_("user"), ordering="user")
    def user_link(self, account: EternaltwinAccount) -> str:
        """The user, as a link where users have pages."""
        meta = account.user._meta
        try:
            url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[account.user.pk])
        except NoReverseMatch:
            return str(account.user)
        return format_html('<a href="{}">{}</a>', url, account.user)

    @admin.display(description=_("deleted"), boolean=True, ordering="deleted_at")
    def is_deleted(self, account: EternaltwinAccount) -> bool:
        """Whether the account is deleted at Eternaltwin."""
        return account.is_deleted
