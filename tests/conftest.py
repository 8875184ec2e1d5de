"""How Hypothesis looks for counter-examples: without a stopwatch, since other tests run at the same time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("default", deadline=None, print_blob=True)
# In continuous integration every run tries the same examples, so that it fails only for what has changed.
settings.register_profile("reproducible", settings.get_profile("default"), derandomize=True, database=None)
settings.load_profile("reproducible" if os.environ.get("CI") else "default")
