"""Whoever is in no hurry holds no thread for ever."""

import socket

import pytest

from timeflow.lib import web_worker
from timeflow.lib.web_worker import ImpatientSocket


@pytest.fixture
def pair(monkeypatch):
    monkeypatch.setattr(web_worker, "SECONDS_TO_ASK", 0.05)
    monkeypatch.setattr(web_worker, "SECONDS_TO_TAKE", 0.05)
    ours, theirs = socket.socketpair()
    ours = ImpatientSocket(fileno=ours.detach())
    with ours, theirs:
        yield ours, theirs


def test_a_request_that_comes_a_little_at_a_time_is_given_up_when_its_time_is_over(pair):
    ours, theirs = pair
    theirs.send(b"GET / HTTP/1.1\r\n")
    assert ours.recv(100) == b"GET / HTTP/1.1\r\n"
    with pytest.raises(ConnectionResetError):
        ours.recv(100)
    theirs.send(b"Host")
    assert ours.recv(100) == b"Host"
    assert ours.gettimeout() is None


def test_an_answer_that_nobody_takes_is_given_up(pair):
    with pytest.raises(ConnectionResetError):
        pair[0].sendall(b"x" * 10_000_000)


def test_where_the_worker_waits_for_a_time_of_its_own_that_one_counts(pair):
    ours, _ = pair
    ours.settimeout(0.01)
    with pytest.raises(TimeoutError):
        ours.recv(100)
    assert ours.gettimeout() == 0.01
