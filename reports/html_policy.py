"""What a browser may run of the page: its own two scripts and nothing else.

Names, tags and policies that others wrote are escaped wherever they are shown. Should one slip
through all the same, in a plugin's column for instance, the browser still refuses to run it.
"""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Iterable


def content_security_policy(scripts: Iterable[str]) -> str:
    """The ``<meta>`` element that lets these inline scripts run, by their SHA-256, and no request.

    ``scripts`` are the texts between the tags, character by character.
    """
    sources = " ".join(f"'sha256-{_digest(one)}'" for one in scripts)
    rules = (
        "default-src 'none'",
        f"script-src {sources}",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "media-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    content = html.escape("; ".join(rules), quote=False)
    return f'<meta http-equiv="Content-Security-Policy" content="{content}"/>'


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
