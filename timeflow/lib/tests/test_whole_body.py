"""What broke off on its way is never taken for the whole."""

import io

import pytest
from django.core.exceptions import BadRequest
from django.test import Client

from timeflow.lib.whole_body import WholeBody, with_whole_bodies


class Broken(io.RawIOBase):
    """A connection that was given up."""

    def read(self, _size: int = -1) -> bytes:
        raise ConnectionResetError


def test_a_whole_body_is_read_in_any_pieces():
    assert WholeBody(io.BytesIO(b"name=a&b"), 8).read() == b"name=a&b"
    body = WholeBody(io.BytesIO(b"name=a&next request"), 7)
    assert [body.read(4), body.read(100), body.read(4)] == [b"name", b"=a&", b""]
    assert WholeBody(io.BytesIO(b"a\nb"), 3).readline() == b"a\n"


@pytest.mark.parametrize("size", [-1, 4, 100])
def test_what_ends_too_soon_is_refused(size):
    body = WholeBody(io.BytesIO(b"na"), 8)
    with pytest.raises(BadRequest):
        body.read(size)


def test_what_cannot_be_read_on_is_refused():
    with pytest.raises(BadRequest):
        WholeBody(Broken(), 8).read(8)


@pytest.mark.parametrize(("length", "found"), [("4", b"name"), ("", b""), ("²", b"")])
def test_an_application_meets_only_what_the_request_announced(length, found):
    met = []
    application = with_whole_bodies(lambda environ, start: met.append(environ["wsgi.input"].read()))
    application({"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"name=a")}, None)
    assert met == [found]


def test_a_body_without_a_length_is_refused_and_not_taken_for_an_empty_one(db):
    for path in ("/api/labels", "/accounts/login/"):
        answer = Client().post(path, headers={"Transfer-Encoding": "chunked"})
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required"), path
