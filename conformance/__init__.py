"""Proof that the development server answers as the official Eternaltwin server 0.16.4 does.

A *scenario* says what to ask, in order; the *recorder* asks it over HTTP and notes each *exchange*; the *normaliser*
takes out what differs from one run to the next (ids, times, codes); the *comparison* says what is left. Nothing here
uses the library that is judged, except to start its development server.
"""
