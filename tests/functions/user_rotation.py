"""What a rotation does whose two database users take turns, whatever the engine."""

import pytest

from rotation import RotationError
from tests.functions.conftest import STEPS
from tests.functions.servers import ADMIN_PASSWORD


class UserRotation:
    """A subclass names the secret, the function, and the file of the authorities that it trusts. Fixtures:

    - ``rotation(version, *steps)``: takes steps as Secrets Manager would
    - ``configure(host=..., **facts)``: tells the function another server, or other facts of the user
    - ``logs_in(value)``: whether a secret's value opens the database
    - ``drop(user)``: takes a user away
    """

    secret: str
    handler: object
    authority: str

    @pytest.mark.requirement("SMILE-SECRETS-03")
    def test_the_two_users_take_turns_and_the_password_in_use_works_on(self, vault, rotation, logs_in):
        held = []
        for _ in range(3):
            rotation(vault.begin(self.secret))
            held.append(vault.value(self.secret))
            assert all(logs_in(value) for value in held[-2:])
        assert [value["username"] for value in held] == ["application", "application_clone", "application"]
        assert len({value["password"] for value in held}) == 3
        assert not logs_in(held[0])
        assert vault.value(self.secret, "AWSPREVIOUS") == held[1]

    @pytest.mark.parametrize("again", STEPS)
    @pytest.mark.requirement("SMILE-SECRETS-03")
    def test_a_repeated_step_changes_nothing_that_was_done(self, vault, rotation, logs_in, again):
        rotation(vault.begin(self.secret))
        version = vault.begin(self.secret)
        for step in STEPS:
            rotation(version, step)
            if step == again:
                before = vault.value(self.secret, "AWSPENDING" if step != "finishSecret" else "AWSCURRENT")
                rotation(version, step)
        assert vault.value(self.secret) == before
        assert logs_in(before)
        rotation(version)  # as when Secrets Manager begins anew although all was done
        assert vault.value(self.secret) == before

    def test_a_rotation_that_stopped_halfway_is_finished_by_the_next_one(self, vault, rotation, logs_in):
        rotation(vault.begin(self.secret))
        first = vault.value(self.secret)
        rotation(vault.begin(self.secret), "createSecret", "setSecret")
        assert vault.value(self.secret) == first
        assert logs_in(first)
        rotation(vault.begin(self.secret))
        assert vault.value(self.secret)["username"] == "application_clone"
        assert logs_in(vault.value(self.secret))
        assert logs_in(first)

    def test_a_lost_database_user_is_made_again(self, vault, rotation, logs_in, drop):
        rotation(vault.begin(self.secret))
        drop("application")
        rotation(vault.begin(self.secret))
        rotation(vault.begin(self.secret))
        assert logs_in(vault.value(self.secret))

    @pytest.mark.requirement("SMILE-SEC-24")
    def test_the_servers_name_must_be_in_its_certificate(self, vault, rotation, configure):
        configure(host="127.0.0.1")
        version = vault.begin(self.secret)
        rotation(version, "createSecret")
        with pytest.raises(RotationError, match="certificate"):
            rotation(version, "setSecret")

    def test_a_server_that_rds_did_not_certify_gets_no_password(self, vault, rotation, monkeypatch):
        monkeypatch.setattr(self.handler, "CA_FILE", self.authority)
        version = vault.begin(self.secret)
        rotation(version, "createSecret")
        with pytest.raises(RotationError, match="certificate verify failed"):
            rotation(version, "setSecret")

    def test_a_password_that_does_not_work_never_becomes_the_current_one(self, vault, rotation, drop):
        rotation(vault.begin(self.secret))
        first, version = vault.value(self.secret), vault.begin(self.secret)
        rotation(version, "createSecret", "setSecret")
        drop("application_clone")
        with pytest.raises(RotationError, match=r"no login to localhost:\d+ as application_clone"):
            rotation(version, "testSecret")
        assert vault.value(self.secret) == first

    @pytest.mark.requirement("SMILE-SECRETS-06")
    def test_no_password_is_in_logs_or_errors(self, vault, rotation, configure, caplog):
        caplog.set_level("INFO")
        rotation(vault.begin(self.secret))
        configure(privileges=["NO SUCH PRIVILEGE"])
        version = vault.begin(self.secret)
        with pytest.raises(RotationError, match=r"refuses a statement of admin: \w+ error \d+") as caught:
            rotation(version)
        assert caught.value.__suppress_context__
        said = caplog.text + str(caught.value)
        assert f"finishSecret of {self.secret}: done" in said
        for stage in ("AWSCURRENT", "AWSPENDING"):
            assert vault.value(self.secret, stage)["password"] not in said
        assert ADMIN_PASSWORD not in said
