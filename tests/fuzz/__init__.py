"""Fuzzing: what comes from outside, spoilt in a million ways, leads to a declared error or to a value.

`make fuzz` runs it; `python -m tests.fuzz --inputs 10000 --only ledger` a part of it.
"""
