"""Streaky, the GitHub streak guardian."""

__version__ = "0.1.0"
HOMEPAGE = "https://github.com/streaky-action/streaky"
