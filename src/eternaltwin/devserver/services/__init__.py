"""Server state and its rules: accounts, games, authorization, forum, links, archives. Independent of HTTP."""
