"""Benchmarks of the library, compared with a raw socket and with the older package of the same name.

`python -m benchmarks` (`make bench`) runs all cases interleaved, round by round, so that
other activity of the machine affects all of them equally, and reports medians.
"""
