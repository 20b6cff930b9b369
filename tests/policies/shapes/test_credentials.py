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


@pytest.mark.parametrize("name", ["PGPASSWORD", "DB_PASS", "JWT_SIGNING_KEY", "SECRET_KEY_BASE", "ENCRYPTION_KEY"])
def test_a_name_that_runs_words_together_or_is_a_frameworks_says_so_too(name):
    assert names_credential(name)


@pytest.mark.parametrize("name", ["BYPASS", "COMPASS", "encryptionKey", "PASS_RATE", "tokenUnits"])
def test_a_name_that_only_sounds_like_one_does_not(name):
    assert not names_credential(name)


@pytest.mark.parametrize(
    "value",
    [
        f"github_pat_{'a1' * 41}",
        f"glpat-{'a' * 20}",
        f"xoxb-{'1' * 12}",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX",
        f"sk_live_{'a' * 24}",
        f"eyJ{'a' * 12}.eyJ{'b' * 12}.{'c' * 12}",
        f"Bearer {'a1' * 12}",
    ],
)
def test_tokens_of_known_services_are_told_by_their_look(value):
    assert is_credential("anything", value)


@pytest.mark.parametrize("unit", ["seconds", "minutes", "hours", "days"])
def test_the_unit_of_a_tokens_validity_is_no_token(unit):
    assert not is_credential("idToken", unit)


@pytest.mark.parametrize("text", ["Bearer token of the caller", "Basic authentication is off"])
def test_words_about_authentication_are_no_credential(text):
    assert not is_credential("description", text)


@pytest.mark.parametrize(
    "text",
    [
        'password = os.environ["DB_PASSWORD"]',
        "const token = await getToken();",
        "password = process.env.DB_PASSWORD;",
        "secret = get_secret(name)",
        "PASSWORD=$(aws secretsmanager get-secret-value)",
    ],
)
def test_a_program_that_fetches_a_credential_holds_none(text):
    assert not holds_credential(text)
