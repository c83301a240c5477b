"""The program's first step: `python -m streaky`, and the command `streaky`.

An old Python must be able to read this file and __init__.py, so that it says a sentence and no traceback.
"""

from __future__ import annotations

import sys

NEEDED = (3, 11)


def main() -> None:
    """Run the command of this process and end it."""
    if sys.version_info < NEEDED:
        needed, here = (".".join(map(str, each[:2])) for each in (NEEDED, sys.version_info))
        sys.stderr.write(f"Streaky needs Python {needed} or newer, and this is Python {here} ")
        sys.stderr.write(f"({sys.executable}). Start it with a newer one.\n")
        sys.exit(2)
    from streaky.cli import door

    door()


if __name__ == "__main__":
    main()
