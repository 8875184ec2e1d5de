"""Rules of Eternaltwin's API, which the client checks and the development server enforces.

Source: `eternaltwin_core` 0.16.4.
"""
