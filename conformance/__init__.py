"""Compares the development server with the official Eternaltwin server 0.16.4.

A *scenario* is a sequence of requests. The *recorder* sends them and records each *exchange*; the *normaliser* replaces
the values that differ between two runs (ids, times, codes); the *comparison* finds the remaining differences.
This package uses the library under test only to start its development server.
"""
