"""An app with user models of a game's own."""
