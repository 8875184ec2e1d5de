"""A daily dice roll with a leaderboard: a game for Django whose players sign in with Eternaltwin."""
