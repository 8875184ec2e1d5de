"""The TLS contexts of the process: one for each value of `verify_ssl`, shared by every client."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

from eternaltwin.exceptions import ConfigurationError


@cache
def tls_context(verify: bool | str) -> ssl.SSLContext:
    """Return the TLS context for a value of `verify_ssl`. Building one takes as long as a hundred requests.

    Args:
        verify: True to trust the authorities that the system trusts, the path of a CA bundle (a PEM
            file, or a folder prepared with `openssl rehash`), or False to trust any certificate.

    Returns:
        The same context for the same value. Do not change it.

    Raises:
        ConfigurationError: There is no readable CA bundle at this path.
    """
    context = _context_trusting(verify) if isinstance(verify, str) else ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.hostname_checks_common_name = False  # hosts are named by subjectAltName alone (RFC 9525, section 2)
    context.set_alpn_protocols(["http/1.1"])
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _context_trusting(bundle: str) -> ssl.SSLContext:
    is_folder = Path(bundle).is_dir()
    try:
        return ssl.create_default_context(cafile=None if is_folder else bundle, capath=bundle if is_folder else None)
    except OSError as exc:
        problem = exc.strerror or type(exc).__name__
    raise ConfigurationError(
        f"the CA bundle of verify_ssl cannot be read ({problem}): give the path of a file of PEM certificates",
        setting="verify_ssl",
    )
