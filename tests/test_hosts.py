"""Names of hosts: what can be one, and which are this machine itself."""

from __future__ import annotations

import pytest

from streaky.hosts import is_host, is_loopback


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost.example",
        "127.0.0.1.example",
        "10.0.0.1",
        "0.0.0.0",
        "128.0.0.1",
        "::2",
        "127.1",
        "[::1]",
    ],
)
def test_no_other_host_passes_for_this_machine(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["a", "discord.com", "my_host.example.", "xn--bcher-kva.example", "192.0.2.1", "2001:db8::1", "a" * 63],
)
def test_what_a_url_may_name_is_a_host(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a..b",
        "-a.example",
        "a-.example",
        "bücher.example",
        "a b",
        "a" * 64,
        ".".join(["a" * 60] * 5),
        "fe80::1%eth0",
        "2001:db8::g",
        "127.0.0.1:80",
    ],
)
def test_what_no_resolver_could_take_is_none(host: str) -> None:
    assert not is_host(host)
