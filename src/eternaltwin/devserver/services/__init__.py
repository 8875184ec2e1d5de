"""What keeps state: accounts, games, authorization, the forum, links and archives. Nothing here knows HTTP."""
