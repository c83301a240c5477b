"""This process as others on the machine see it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def wipe_title(secrets: Iterable[str]) -> None:
    """Blot secrets out of this process's command line, which every user of the machine can list.

    Linux only, where the kernel shows the memory between `arg_start` and `arg_end`; elsewhere a secret
    given as a flag stays visible, which is why the documentation asks for the environment.
    Source: proc_pid_stat(5), fields 48 and 49.
    """
    wanted = [secret.encode("utf-8", "surrogateescape") for secret in secrets if secret]
    stat = Path("/proc/self/stat")
    if not wanted or not stat.exists():
        return
    fields = stat.read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    # Where the kernel does not let us, in some containers, it stays visible as elsewhere.
    with suppress(OSError), Path("/proc/self/mem").open("r+b", buffering=0) as memory:
        memory.seek(start)
        title = memory.read(end - start)
        for secret in wanted:
            title = title.replace(secret, b"*" * len(secret))
        memory.seek(start)
        memory.write(title)
