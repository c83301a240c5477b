"""`python -m streaky`."""

from streaky.cli import door

door()
