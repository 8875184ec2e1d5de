"""Requests as sent and responses as received: sending, retries, errors, decoding, proxies and TLS."""
