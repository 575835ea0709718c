"""What is kept of a request's sender: enough to recognise one's own device, too little to follow a person."""

import pytest

from accounts.domain.callers import Caller, address_prefix, describe_caller, device_label

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "label"),
    [
        (f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        (f"{MOZILLA} (Linux; Android 15) {WEBKIT} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        (f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
        (f"{MOZILLA} (Macintosh; Intel Mac OS X 15_0) Version/18.0 Safari/605.1.15", "Safari on Mac"),
        ("curl/8.9.1", "curl"),
        ("", "Unknown device"),
        ("\x00<script>", "Unknown device"),
    ],
)
def test_a_browser_is_named_as_its_owner_would_name_it(said, label):
    assert device_label(said) == label


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_an_address_is_kept_as_its_network_only(address, prefix):
    assert address_prefix(address) == prefix


def test_a_caller_is_a_device_and_a_place():
    assert describe_caller(user_agent="curl/8", address="198.51.100.9") == Caller("curl", "198.51.100.0/24")
