"""What holds for all tests: how Hypothesis looks for counter-examples, and that programs can be interrupted."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# Without a stopwatch, since other tests run at the same time.
settings.register_profile("default", deadline=None, print_blob=True)
# In continuous integration every run tries the same examples, so that it fails only for what has changed.
settings.register_profile("reproducible", settings.get_profile("default"), derandomize=True, database=None)
settings.load_profile("reproducible" if os.environ.get("CI") else "default")

# A shell starts jobs in the background with interrupts ignored; the programs that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
