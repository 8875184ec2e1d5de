"""The TLS contexts of this process: one for each value of `verify_ssl`, shared by every client."""

from __future__ import annotations

import ssl
from functools import cache
from pathlib import Path

from eternaltwin.exceptions import ConfigurationError


@cache
def tls_context(verify: bool | str) -> ssl.SSLContext:
    """The context for this value of `verify_ssl`; making one takes as long as a hundred requests.

    Args:
        verify: True for the authorities that the system trusts, the path of a CA bundle (a PEM
            file, or a folder that `openssl rehash` prepared), or False to trust any certificate.

    Raises:
        ConfigurationError: there is no CA bundle at this path.
    """
    context = _trusting(verify) if isinstance(verify, str) else ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if verify is False:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _trusting(bundle: str) -> ssl.SSLContext:
    is_folder = Path(bundle).is_dir()
    try:
        return ssl.create_default_context(cafile=None if is_folder else bundle, capath=bundle if is_folder else None)
    except OSError as exc:
        problem = exc.strerror or type(exc).__name__
    raise ConfigurationError(
        f"verify_ssl names a CA bundle that cannot be read ({problem}): give the path of a file of PEM certificates",
        setting="verify_ssl",
    )
