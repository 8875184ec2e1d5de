"""Clients of Eternaltwin's API: what is known of the API, and a sync and an asyncio client over it."""
