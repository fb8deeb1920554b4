"""No recipe sends this program to a host within the network: however it is written, wherever it leads."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from tokenloom.data.source.address import check_url, is_public
from tokenloom.kit.errors import DataError, Denied


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://localhost/x",
        "http://2130706433/x",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://0177.0.0.1/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://172.16.9.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://１２７.0.0.1/",
        "http://①②⑦.0.0.1/",
        "http://127。0。0。1/",
        "https://127.0.0.1:8443/",
    ],
)
def test_addresses_within_the_network_are_refused_however_they_are_written(url: str) -> None:
    with pytest.raises(Denied, match="within this machine or its network") as caught:
        check_url(url)
    assert "TOKENLOOM_ALLOWED_HOSTS" in caught.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/x",
        "gopher://x",
        "//example.org",
        "x",
        "http://",
        "http://[::1",
        "http://a:b:c/",
    ],
)
def test_other_schemes_and_broken_addresses_are_refused(url: str) -> None:
    with pytest.raises(DataError) as caught:
        check_url(url)
    assert caught.value.hint


def test_a_password_in_an_address_is_refused_since_it_would_be_stored() -> None:
    with pytest.raises(DataError, match="password"):
        check_url("https://me:secret@93.184.215.14/x")


def _resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def test_a_name_is_judged_by_all_addresses_that_it_stands_for(monkeypatch: pytest.MonkeyPatch) -> None:
    _resolve_to(monkeypatch, "93.184.215.14", "10.0.0.7")
    with pytest.raises(Denied, match=r"10\.0\.0\.7"):
        check_url("https://example.org/x")
    _resolve_to(monkeypatch, "93.184.215.14", "93.184.215.15")
    target = check_url("https://example.org/x")
    assert target.addresses == ("93.184.215.14", "93.184.215.15") and target.authority == "example.org"


def test_the_setting_allows_a_host_or_one_of_its_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKENLOOM_ALLOWED_HOSTS", "minio.local, 127.0.0.1:9000")
    assert check_url("http://127.0.0.1:9000/x").authority == "127.0.0.1:9000"
    with pytest.raises(Denied):
        check_url("http://127.0.0.1:9001/x")
    _resolve_to(monkeypatch, "10.0.0.7")
    assert check_url("http://minio.local/x").addresses == ("10.0.0.7",)


def test_public_addresses_are_public() -> None:
    for address in ("8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"):
        assert is_public(ipaddress.ip_address(address)), address
