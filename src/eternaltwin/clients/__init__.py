"""Clients of Eternaltwin's API: its areas, written once, and a sync and an asyncio client over them."""
