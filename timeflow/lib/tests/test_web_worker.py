"""Whoever is in no hurry holds no thread for ever, and whoever asks in the last moment is answered."""

import os
import selectors
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn

from timeflow.lib import web_worker
from timeflow.lib.web_worker import ImpatientSocket, WebWorker


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


@pytest.fixture
def idle():
    """A worker with one connection that has waited for its next request for as long as it may, and the client's end."""
    settings = Config()
    worker = WebWorker(1, os.getppid(), [], None, 30, settings, Logger(settings))
    worker.poller, worker.tpool, worker.nr_conns = selectors.DefaultSelector(), ThreadPoolExecutor(1), 1
    worker.method_queue.init()
    worker.wsgi = lambda _asked, start: (start("200 OK", [("Content-Length", "2")]), [b"ok"])[1]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        theirs = socket.create_connection(listening.getsockname(), timeout=20)
        ours, client = listening.accept()
        connection = TConn(settings, ours, client, listening.getsockname())
    connection.timeout = time.monotonic()
    worker.keepalived_conns.append(connection)
    worker.poller.register(ours, selectors.EVENT_READ, partial(worker.on_client_socket_readable, connection))
    with theirs:
        yield worker, theirs
    worker.tpool.shutdown()
    worker.tmp.close()


def test_who_asks_when_the_time_of_their_connection_is_over_is_answered(idle):
    worker, theirs = idle
    theirs.sendall(b"POST /tasks/add HTTP/1.1\r\nHost: tf.example\r\nContent-Length: 0\r\n\r\n")
    worker.murder_keepalived()
    assert theirs.recv(1000).startswith(b"HTTP/1.1 200 OK\r\n")


def test_who_does_not_ask_until_then_is_let_go(idle):
    worker, theirs = idle
    worker.murder_keepalived()
    assert theirs.recv(1000) == b""
    assert worker.nr_conns == 0


def test_who_connects_and_says_nothing_is_let_go_soon_although_connections_are_kept_for_long(idle):
    worker, _ = idle
    connection = worker.keepalived_conns.pop()
    worker.poller.unregister(connection.sock)
    silent = worker.tpool.submit(lambda: gthread._DEFER)
    silent.result()
    worker.cfg.set("keepalive", 150)
    worker.finish_request(connection, silent)
    assert worker.pending_conns[0] is connection
    assert connection.timeout < time.monotonic() + 10
