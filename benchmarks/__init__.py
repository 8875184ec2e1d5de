"""How fast the library is: beside a raw socket, and beside the older package of the same name.

`python -m benchmarks` (`make bench`) runs everything interleaved, round by round, so that
whatever else the machine does falls on all alike, and reports medians.
"""
