"""ASGI pieces that know nothing of Eternaltwin: the request log, faults, in-process transports, listening."""
