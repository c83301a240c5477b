"""Streaky, the GitHub streak guardian."""

__version__ = "0.1.0"
# Where Streaky and its templates live. All that names them elsewhere is held to this by a test.
REPOSITORY = "streaky-action/streaky"
TEMPLATE = "streaky-action/streaky-template"
TEAM_TEMPLATE = "streaky-action/streaky-team-template"
HOMEPAGE = f"https://github.com/{REPOSITORY}"
