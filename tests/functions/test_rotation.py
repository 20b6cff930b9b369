"""The four steps, whatever the password is for."""

import json
import logging
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rotation import LENGTH, RotationError, new_password, rotate
from tests.functions.conftest import STEPS

SECRET = "smile-prod/some/user"


class Lock:
    """What opens with the last two passwords that were set; fails when told to."""

    def __init__(self):
        self.opens_with, self.fails = [], False

    def next(self, current):
        return {"username": "user"}

    def set(self, pending, current):
        if self.fails:
            raise RotationError("broken")
        self.opens_with = [pending["password"], *([current["password"]] if current else [])]

    def test(self, pending):
        if self.fails or pending["password"] not in self.opens_with:
            raise RotationError("doesn't open")


@pytest.fixture
def lock():
    return Lock()


@pytest.fixture
def step(vault, lock):
    vault.create(SECRET)

    def take(version, step, secret=SECRET):
        rotate({"SecretId": secret, "ClientRequestToken": version, "Step": step}, {SECRET: lock}, vault.client)

    return take


def test_a_secret_is_born_empty_and_full_after_four_steps(vault, step, lock):
    version = vault.begin(SECRET)
    for each in STEPS:
        step(version, each)
    assert vault.value(SECRET) == {"username": "user", "password": lock.opens_with[0]}


def test_a_step_that_is_none_is_refused(vault, step):
    with pytest.raises(RotationError, match="step 'deleteSecret'; valid: createSecret, setSecret"):
        step(vault.begin(SECRET), "deleteSecret")


def test_a_secret_of_somebody_else_is_refused(vault, step):
    vault.create("smile-prod/other")
    version = vault.begin("smile-prod/other")
    with pytest.raises(RotationError, match="smile-prod/other is none of this function's: smile-prod/some/user"):
        step(version, "createSecret", secret="smile-prod/other")


def test_without_rotation_nothing_is_replaced(vault, step):
    version = vault.begin(SECRET)
    vault.backend.secrets[SECRET].rotation_enabled = False
    with pytest.raises(RotationError, match="rotation is not enabled"):
        step(version, "createSecret")


def test_a_version_that_is_not_there_is_refused(vault, step):
    vault.begin(SECRET)
    with pytest.raises(RotationError, match="has no version 0000"):
        step("0000", "createSecret")


def test_a_version_that_nobody_asked_for_is_refused(vault, step):
    version = vault.begin(SECRET)
    vault.begin(SECRET)
    with pytest.raises(RotationError, match="not labelled AWSPENDING"):
        step(version, "createSecret")


@pytest.mark.parametrize("early", ["setSecret", "testSecret"])
def test_a_step_before_the_first_is_refused(vault, step, early):
    with pytest.raises(RotationError, match="createSecret comes first"):
        step(vault.begin(SECRET), early)


@pytest.mark.requirement("SMILE-SECRETS-06")
@pytest.mark.parametrize("value", ['{"password": "planted-value"', '"planted-value"', "planted-value"])
def test_a_value_that_is_no_json_object_is_named_and_not_shown(vault, step, caplog, value):
    caplog.set_level(logging.DEBUG, logger="rotation")
    vault.client.put_secret_value(SecretId=SECRET, SecretString=value)
    with pytest.raises(RotationError, match="the AWSCURRENT version is no JSON object") as caught:
        step(vault.begin(SECRET), "createSecret")
    assert caught.value.__suppress_context__
    assert "planted-value" not in str(caught.value) + caplog.text


@settings(max_examples=40)
@given(
    calls=st.lists(st.tuples(st.sampled_from([*STEPS, "begin", *STEPS, "rotate"]), st.booleans()), max_size=30),
)
def test_in_whatever_order_steps_come_and_fail_the_current_password_works(calls):
    """What Secrets Manager does after failures, and more than it does."""
    store, lock = Store(), Lock()
    for name, lock.fails in calls:
        if name == "begin":
            store.begin()
        else:
            for step in STEPS if name == "rotate" else [name]:
                if step == "finishSecret" and store.tested != store.pending:
                    continue  # Secrets Manager comes to the last step only through the one before
                try:
                    rotate(
                        {"SecretId": SECRET, "ClientRequestToken": store.pending, "Step": step}, {SECRET: lock}, store
                    )
                except RotationError:
                    break
                if step == "testSecret":
                    store.tested = store.pending
        if current := store.current():
            assert current["password"] in lock.opens_with


class Store:
    """Versions and labels, as Secrets Manager keeps them."""

    class exceptions:  # noqa: N801 - as boto3 names it
        class ResourceNotFoundException(Exception):  # noqa: N818
            pass

    def __init__(self):
        self.values, self.labels, self.begun, self.tested = {}, {}, 0, None
        self.begin()

    def begin(self):
        self.begun += 1
        self.pending = f"version-{self.begun}"
        self.labels["AWSPENDING"] = self.pending

    def current(self):
        version = self.labels.get("AWSCURRENT")
        return json.loads(self.values[version]) if version else None

    def describe_secret(self, **asked):
        stages = {}
        for label, version in self.labels.items():
            stages.setdefault(version, []).append(label)
        return {"Name": asked["SecretId"], "RotationEnabled": True, "VersionIdsToStages": stages}

    def get_secret_value(self, **asked):
        version = self.labels.get(asked["VersionStage"])
        if version not in self.values or asked.get("VersionId", version) != version:
            raise self.exceptions.ResourceNotFoundException
        return {"SecretString": self.values[version]}

    def put_secret_value(self, **asked):
        assert asked["VersionStages"] == ["AWSPENDING"]
        assert asked["ClientRequestToken"] not in self.values, "AWS refuses another value for a version"
        self.values[asked["ClientRequestToken"]] = asked["SecretString"]

    def update_secret_version_stage(self, **asked):
        label = asked["VersionStage"]
        assert self.labels.get(label) == asked.get("RemoveFromVersionId")
        self.labels[label] = asked["MoveToVersionId"]


def test_passwords_are_long_of_every_kind_and_never_the_same():
    made = {new_password() for _ in range(200)}
    assert len(made) == 200
    for password in made:
        assert len(password) == LENGTH
        for kind in (string.ascii_lowercase, string.ascii_uppercase, string.digits, "-"):
            assert set(password) & set(kind)
        assert set(password) <= set(string.ascii_letters + string.digits + "-")
