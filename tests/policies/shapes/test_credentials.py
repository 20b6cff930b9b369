"""Credentials are told from what only looks like one."""

import base64
import gzip

import pytest

from guardrails.shapes.credentials import decoded, holds_credential, is_credential, names_credential


@pytest.mark.parametrize("name", ["DB_PASSWORD", "dbPassword", "apiKey", "API_KEY", "client-secret", "GH_TOKEN", "pwd"])
def test_a_name_says_that_its_value_is_secret(name):
    assert names_credential(name)


@pytest.mark.parametrize("name", ["TOKEN_URL", "SECRET_ARN", "PASSWORD_PARAMETER", "MAX_TOKENS", "KEY", "KMS_KEY", ""])
def test_a_name_that_only_tells_of_a_secret_does_not(name):
    assert not names_credential(name)


@pytest.mark.parametrize(
    "value",
    ["", "true", "arn:aws:secretsmanager:x", "/smile/db", "${DB}", "$(get)", "{{resolve:x}}", "https://x/token", "42"],
)
def test_a_reference_is_no_credential(value):
    assert not is_credential("DB_PASSWORD", value)


@pytest.mark.parametrize(
    "value",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "mysql://smile:hunter2@db/smile",
        f"ghp_{'a' * 36}",
    ],
)
def test_the_look_of_a_credential_tells_whatever_its_name(value):
    assert is_credential("anything", value)
    assert holds_credential(f"first line\nx {value}\n")


def test_a_user_without_a_password_in_a_url_is_no_credential():
    assert not is_credential("URL", "ssh://git@github.com/x")
    assert not is_credential("URL", "mysql://smile:${PASSWORD}@db/smile")


@pytest.mark.parametrize(
    "text", ["password: hunter2", '{"password": "hunter2"}', "x --db-password=hunter2", "a=1;PASSWD='x y'"]
)
def test_an_assignment_in_a_script_or_a_file_is_found(text):
    assert holds_credential(text)


def test_base64_is_decoded_whether_compressed_or_not_and_other_text_is_left_alone():
    assert decoded(base64.b64encode(b"password=x").decode()) == "password=x"
    assert decoded(base64.b64encode(gzip.compress(b"password=x")).decode()) == "password=x"
    assert decoded("#!/bin/sh") == "#!/bin/sh"
    assert decoded(base64.b64encode(b"\x1f\x8bnot gzip").decode()) == base64.b64encode(b"\x1f\x8bnot gzip").decode()
    picture = base64.b64encode(b"\xff\xd8\xff").decode()  # no text
    assert decoded(picture) == picture
