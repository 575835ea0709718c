"""Public addresses, and exceptions that an installation names."""

from ipaddress import ip_address

import pytest

from timeflow.lib.public_addresses import is_public, may_be_asked, private_host


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_the_internet_is_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.8.8.8",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.251",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_everything_else_is_not(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("entry", "name", "address", "port", "is_allowed"),
    [
        ("caldav.lan", "caldav.lan", "10.0.0.5", 443, True),
        ("CalDAV.lan.", "caldav.lan", "10.0.0.5", 443, True),
        ("caldav.lan", "caldav.lan", "10.0.0.5", 5232, False),
        ("caldav.lan:5232", "caldav.lan", "10.0.0.5", 5232, True),
        ("caldav.lan:5232", "caldav.lan", "10.0.0.5", 443, False),
        ("caldav.lan", "other.lan", "10.0.0.5", 443, False),
        ("caldav.lan", "evil-caldav.lan", "10.0.0.5", 443, False),
        ("10.0.0.0/8", "any.lan", "10.9.9.9", 80, True),
        ("10.0.0.0/8", "any.lan", "11.9.9.9", 22, False),
        ("10.0.0.5:5232", "any.lan", "10.0.0.5", 5232, True),
        ("fd00::/8", "any.lan", "fd00::1", 443, True),
        ("fd00::1", "any.lan", "fd00::1", 443, True),
        ("[fd00::1]:5232", "any.lan", "fd00::1", 5232, True),
        ("caldav.example:5232", "caldav.example", "93.184.215.14", 5232, True),
    ],
)
def test_an_exception_is_for_one_place(entry, name, address, port, is_allowed):
    assert may_be_asked(name, ip_address(address), port, [private_host(entry)]) == is_allowed


@pytest.mark.parametrize(
    "entry", ["", "*", "a b", "http://caldav.lan", "caldav.lan:", "caldav.lan:0", "10.0.0.1/8", ":1"]
)
def test_an_entry_that_means_nothing_is_refused(entry):
    with pytest.raises(ValueError, match="network"):
        private_host(entry)


@pytest.mark.parametrize("port", [22, 25, 6379, 8080])
def test_a_public_host_is_not_asked_at_a_port_of_something_else(port):
    assert not may_be_asked("a.example", ip_address("1.1.1.1"), port, [])
