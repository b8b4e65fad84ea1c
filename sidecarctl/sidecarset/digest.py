"""SHA-256 from Python's own modules: hashlib would load OpenSSL first, for a twentieth of what a short run costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import sha256
else:
    try:
        from _sha2 import sha256
    except ImportError:
        try:
            from _sha256 import sha256  # what it was called before Python 3.12
        except ImportError:  # a Python that was built without them
            from hashlib import sha256

__all__ = ["sha256"]
