"""The clients that speak Eternaltwin's API: one core, a blocking and an asyncio shell."""
