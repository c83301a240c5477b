"""Streaky, the GitHub streak guardian."""

__version__ = "0.1.0"
# Where Streaky and its template live. All that names them elsewhere is held to this by a test.
REPOSITORY = "streaky-action/streaky"
TEMPLATE = "streaky-action/streaky-template"
HOMEPAGE = f"https://github.com/{REPOSITORY}"
