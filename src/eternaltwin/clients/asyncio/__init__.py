"""The asyncio client of Eternaltwin's API, and its transport on aiohttp."""
