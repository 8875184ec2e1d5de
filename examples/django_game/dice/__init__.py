"""The dice."""
