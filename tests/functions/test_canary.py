"""The canary's code against a server of its own: which answers are good ones."""

import json
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from canary.handler import AGENT, PAUSE_SECONDS, Probe, ProbeError, ask, handle, run
from tests.functions import servers


class Site(BaseHTTPRequestHandler):
    """Answers by path."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers["User-Agent"]))
        if self.path == "/slow":
            time.sleep(0.4)
        if self.path == "/hangs":
            self.server.ended.wait(5)
        status = {"/moved": 302, "/denied": 401, "/down": 503}.get(self.path, 200)
        if self.path == "/flaky" and len(self.server.asked) == 1:
            status = 502
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.end_headers()
        self.wfile.write(b'<!doctype html><div id="root"></div>')

    def log_message(self, *_):
        """Nothing into the test's output."""


@contextmanager
def serving(context=None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.asked, server.ended = [], threading.Event()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def site():
    with serving() as server:
        yield server


def probe(site, path, scheme="http", **changes):
    url = f"{scheme}://localhost:{site.server_address[1]}{path}"
    return Probe(**{"name": "site", "url": url, "status": 200, "contains": "", "within_seconds": 2} | changes)


@pytest.mark.parametrize(
    ("path", "expected", "failure"),
    [
        ("/", {"contains": 'id="root"'}, ""),
        ("/denied", {"status": 401}, ""),
        ("/moved", {"status": 302}, ""),
        ("/down", {}, "status 503, not 200"),
        ("/denied", {}, "status 401, not 200"),
        ("/", {"status": 401}, "status 200, not 401"),
        ("/", {"contains": 'id="app"'}, "the answer doesn't contain 'id=\"app\"'"),
    ],
)
def test_an_answer_is_good_by_its_status_and_what_it_says(site, path, expected, failure):
    assert ask(probe(site, path, **expected)) == failure


def test_a_redirect_is_an_answer_and_isnt_followed(site):
    assert ask(probe(site, "/moved")) == "status 302, not 200"
    assert [path for path, _ in site.asked] == ["/moved"]


def test_a_good_answer_that_comes_late_is_none(site):
    assert ask(probe(site, "/slow")) == ""
    assert ask(probe(site, "/slow", within_seconds=0.3)).startswith(("took 0.", "no answer: timed out"))


def test_a_server_that_says_nothing_isnt_waited_for(site):
    began = time.monotonic()
    assert ask(probe(site, "/hangs", within_seconds=0.3)) == "no answer: timed out"
    assert time.monotonic() - began < 3


def test_nobody_at_the_address_is_a_failure():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    assert "refused" in ask(Probe(name="site", url=url, status=200, contains="", within_seconds=2))


def test_a_certificate_that_nobody_trusts_is_a_failure(tmp_path):
    files = servers.certificates(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    with serving(context) as server:
        assert "CERTIFICATE_VERIFY_FAILED" in ask(probe(server, "/", scheme="https"))
        assert server.asked == []


def test_requests_say_who_asks_so_that_the_web_acl_lets_them_in(site):
    ask(probe(site, "/"))
    assert site.asked == [("/", AGENT)]


def test_what_fails_once_is_asked_again_and_then_counts(site):
    slept = []
    assert run([probe(site, "/flaky")], slept.append) == "1 probes passed"
    assert slept == [PAUSE_SECONDS]


def test_a_run_names_all_that_fail_and_fails_with_them(site):
    probes = [probe(site, "/down", name="api"), probe(site, "/"), probe(site, "/moved", name="portal")]
    with pytest.raises(ProbeError, match=r"^api: status 503, not 200; portal: status 302, not 200$"):
        run(probes, lambda _: None)


def test_synthetics_calls_it_with_the_probes_in_its_environment(site, monkeypatch):
    about = {"name": "site", "status": 200, "contains": "", "within_seconds": 2}
    monkeypatch.setenv("PROBES", json.dumps([about | {"url": probe(site, "/").url}]))
    assert handle({}, None) == "1 probes passed"
