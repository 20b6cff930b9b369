"""What AWS refuses is a result of that check: which permission, throttled, expired; never a crash, and never fine."""

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from doctor import account
from doctor.checks.services import CHECKS as SERVICES
from doctor.examination import run

BACKUP = next(check for check in SERVICES if check.name == "AWS Backup")
READ = "describe_region_settings"


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_missing_permission_is_named(says, code):
    result = says(BACKUP, {"backup": [(READ, code)]})["AWS Backup"]
    assert result.verdict == "not checked"
    assert result.found == f"not allowed: DescribeRegionSettings ({code})"
    assert result.needed == "backup:DescribeRegionSettings"


@pytest.mark.parametrize("code", ["ExpiredToken", "UnrecognizedClientException"])
def test_credentials_that_are_not_taken_are_told(says, code):
    result = says(BACKUP, {"backup": [(READ, code)]})["AWS Backup"]
    assert result.verdict == "not checked"
    assert f"the credentials aren't taken: DescribeRegionSettings ({code})" in result.found
    assert "aws sso login" in result.fix


def test_any_other_error_is_told_as_aws_says_it(says):
    result = says(BACKUP, {"backup": [(READ, "InternalFailure")]})["AWS Backup"]
    assert result.verdict == "not checked"
    assert "said by backup" in result.found


@pytest.fixture
def throttling(monkeypatch):
    """AWS, as it answers for a number of times that it was asked too often."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            busy = len(asked) <= server.busy
            content = {"message": "Rate exceeded"} if busy else {"ResourceTypeOptInPreference": server.choices}
            self.send_response(429 if busy else 200)
            self.send_header("x-amzn-ErrorType", "ThrottlingException")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.choices = {"EFS": True, "RDS": True, "S3": True}
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr("botocore.retries.standard.time.sleep", lambda _: None, raising=False)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BACKUP", f"http://127.0.0.1:{server.server_port}")
    yield server, asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("busy", "verdict"), [(2, "fine"), (99, "not checked")])
def test_throttling_is_tried_again_and_then_told(account_of, throttling, busy, verdict):
    server, asked = throttling
    server.busy = busy
    it = account_of()
    (result,) = run(BACKUP, replace(it, client_of=account.clients()))
    assert result.verdict == verdict
    assert len(asked) == min(busy + 1, account.ATTEMPTS)
    if verdict == "not checked":
        assert result.found == f"throttled: DescribeRegionSettings, after {account.ATTEMPTS - 1} retries"
        assert "again in a minute" in result.fix
