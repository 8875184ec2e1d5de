"""The views: the page with today's dice and the leaderboards, and the form that rolls the dice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Count, Sum
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from eternaltwin.integrations.django.accounts import account_of
from examples.django_game.dice.models import Throw
from examples.shared.dice import Roll
from examples.shared.league import Place
from examples.shared.names import with_current_names

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest, HttpResponse

#: How many players the leaderboards show.
PLACES = 5


def today() -> date:
    """Return the current day in UTC, which is the same for all players."""
    return datetime.now(UTC).date()


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Show the player's dice, or the button to sign in, and the leaderboards."""
    throws = Throw.objects.filter(day=today(), player__eternaltwin_account__isnull=False).order_by("-score", "pk")
    players = User.objects.filter(throw__isnull=False, eternaltwin_account__isnull=False)
    totals = players.annotate(points=Sum("throw__score"), days=Count("throw")).order_by("-points", "pk")
    account = ("eternaltwin_account__identifier", "eternaltwin_account__display_name")
    of_today = throws.values_list(*(f"player__{field}" for field in account), "dice", "score")[:PLACES]
    best_today = [Place(f"{who}", name, Roll(dice).hand, score) for who, name, dice, score in of_today]
    of_all_days = totals.values_list(*account, "days", "points")[:PLACES]
    best_ever = [Place(f"{who}", name, _days(days), points) for who, name, days, points in of_all_days]
    named = with_current_names([*best_today, *best_ever])
    context = {
        "best_today": named[: len(best_today)],
        "best_ever": named[len(best_today) :],
        "mine": Throw.objects.filter(day=today(), player_id=request.user.pk).first(),
        "me": _identifier(request.user),
        "has_just_thrown": "thrown" in request.GET,
        "blanks": range(5),
    }
    return render(request, "dice/table.html", context)


def _identifier(user: object) -> str:
    account = account_of(user)
    return "" if account is None else f"{account.identifier}"


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


@login_required
@require_POST
def roll(request: HttpRequest) -> HttpResponse:
    """Roll the dice, once a day: another request on the same day keeps the first roll."""
    dice = Roll.new()
    Throw.objects.get_or_create(
        player_id=request.user.pk, day=today(), defaults={"dice": dice.dice, "score": dice.score}
    )
    return redirect("/?thrown")
