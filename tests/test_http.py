"""One HTTP exchange: nothing of the machine's own settings gets into it."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import NOW, World


def test_a_netrc_and_a_proxy_of_the_machine_change_nothing_on_loopback(world: World, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    done = world.run(
        NETRC=str(netrc), HTTP_PROXY="http://127.0.0.1:1", HTTPS_PROXY="http://127.0.0.1:1", now=NOW
    )
    assert done.returncode == 0, done.stderr
    assert world.sandbox.github.requests[0].headers["Authorization"].startswith("bearer ")
    assert len(world.hook.messages) == len(world.bot.messages) == 1
