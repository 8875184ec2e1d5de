"""A cookie to set in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Cookie"]


@dataclass(frozen=True)
class Cookie:
    """A cookie to set, with its security attributes (RFC 6265, section 4.1).

    Attributes:
        name: Name of the cookie.
        value: Value of the cookie, hidden in `repr`.
        max_age: Seconds until the browser removes the cookie; 0 removes it at once.
        path: Path below which the browser sends the cookie.
        secure: Whether the browser sends the cookie over https only.
        httponly: Whether the cookie is hidden from scripts.
        samesite: When the browser sends the cookie with requests that another site starts: `Lax`, `Strict` or `None`.
    """

    name: str
    value: str = field(repr=False)
    max_age: int
    path: str = "/"
    secure: bool = True
    httponly: bool = True
    samesite: str = "Lax"

    def header(self) -> str:
        """Return the value of the `Set-Cookie` header that sets the cookie.

        Returns:
            The header's value, in ASCII.

        Example:
            >>> Cookie("theme", "dark", 3600).header()
            'theme=dark; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Lax'
        """
        expires = "" if self.max_age else "; Expires=Thu, 01 Jan 1970 00:00:00 GMT"
        flags = ("; HttpOnly" if self.httponly else "") + ("; Secure" if self.secure else "")
        attributes = f"Max-Age={self.max_age}{expires}; Path={self.path}{flags}; SameSite={self.samesite}"
        return f"{self.name}={self.value}; {attributes}"
