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

    from eternaltwin.integrations.django.models import EternaltwinAccount

#: How many players the leaderboards show.
PLACES = 5


def today() -> date:
    """Return the current day in UTC, which is the same for all players."""
    return datetime.now(UTC).date()


@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Show the player's dice, or the button to sign in, and the leaderboards."""
    throws = Throw.objects.filter(day=today()).select_related("player__eternaltwin_account").order_by("-score", "pk")
    players = User.objects.select_related("eternaltwin_account").filter(throw__isnull=False)
    totals = players.annotate(points=Sum("throw__score"), days=Count("throw")).order_by("-points", "pk")
    today_first, ever_first = list(throws[:PLACES]), list(totals[:PLACES])
    names = with_current_names(
        [
            *(_place(throw.player.eternaltwin_account, throw.roll.hand, throw.score) for throw in today_first),
            *(_place(player.eternaltwin_account, _days(player.days), player.points) for player in ever_first),
        ]
    )
    context = {
        "best_today": names[: len(today_first)],
        "best_ever": names[len(today_first) :],
        "mine": throws.filter(player_id=request.user.pk).first(),
        "me": _identifier(request.user),
        "has_just_thrown": "thrown" in request.GET,
        "blanks": range(5),
    }
    return render(request, "dice/table.html", context)


def _place(account: EternaltwinAccount, about: str, points: int) -> Place:
    return Place(f"{account.identifier}", account.display_name, about, points)


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
