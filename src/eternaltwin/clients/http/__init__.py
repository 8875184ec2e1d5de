"""HTTP for both kinds of client: requests, sending with retries, errors, body decoding, proxies and TLS."""
