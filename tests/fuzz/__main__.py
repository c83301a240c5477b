"""`python -m tests.fuzz [--inputs N] [--only WORDS] [--seed N]`: a line for each target and each crash."""

from __future__ import annotations

import argparse
import sys
import time

from tests.fuzz.run import fuzz
from tests.fuzz.targets import targets


def main() -> int:
    """Exit status 1 where anything crashed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=1_000_000, help="in all, over all targets")
    parser.add_argument("--only", default="", help="the targets whose names hold this")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen = [target for target in targets() if options.only in target.name]
    shares, total, crashed = sum(target.share for target in chosen), 0, 0
    began = time.monotonic()
    for target in chosen:
        told = fuzz(target, round(options.inputs * target.share / shares), options.seed)
        total, crashed = total + told.inputs, crashed + sum(told.crashes.values())
        print(told, flush=True)
    print(f"{total:,} inputs in {time.monotonic() - began:.0f} s, {crashed} crashes")
    return int(crashed > 0)


sys.exit(main())
