"""How Secrets Manager replaces a password: four steps, each of which it may repeat after a failure.

A step finds out what earlier ones did, and does what is missing. The first rotation makes the first value of a secret:
a secret is made without one, so that none is ever in a program, a state or a preview. No value is logged, nor part of
an error's message.
"""

from __future__ import annotations

import json
import logging
import secrets
import string
from collections.abc import Mapping
from typing import Any, Protocol

LOG = logging.getLogger("rotation")
LOG.setLevel(logging.INFO)

ALPHABET = string.ascii_letters + string.digits + "-"
"""What MySQL, ElastiCache, URLs and shells all take as it is."""
LENGTH = 40

Value = dict[str, Any]
"""What a secret holds: where to log in, as whom, with which password."""


class RotationError(Exception):
    """A password can't be replaced; the message says why, and holds no secret."""


class Account(Protocol):
    """Whose password it is."""

    def next(self, current: Value | None) -> Value:
        """What the secret will hold, but for the password; ``current`` is None before the first rotation."""
        ...

    def set(self, pending: Value, current: Value | None) -> None:
        """Make the new password work, and leave the current one as it is."""
        ...

    def test(self, pending: Value) -> None:
        """Log in with the new password.

        Raises:
            RotationError: that isn't possible.
        """
        ...


def rotate(event: Mapping[str, str], accounts: Mapping[str, Account], store: Any) -> None:
    """Do one step.

    Args:
        event: ``SecretId``, ``ClientRequestToken`` (the id of the new version) and ``Step``.
        accounts: name of a secret -> whose password it holds.
        store: a client of Secrets Manager.

    Raises:
        RotationError: the event isn't about a rotation that Secrets Manager has begun, or the step fails.
    """
    secret, version, step = (event.get(key, "") for key in ("SecretId", "ClientRequestToken", "Step"))
    if step not in STEPS:
        raise RotationError(f"step {step!r}; valid: {', '.join(STEPS)}")
    about = store.describe_secret(SecretId=secret)
    name = about["Name"]
    if name not in accounts:
        raise RotationError(f"secret {name} is none of this function's: {', '.join(accounts)}")
    if not about.get("RotationEnabled"):
        raise RotationError(f"secret {name}: rotation is not enabled")
    labels = about.get("VersionIdsToStages", {}).get(version)
    if labels is None:
        raise RotationError(f"secret {name} has no version {version}")
    if "AWSCURRENT" in labels:
        LOG.info("%s of %s: version %s is in use already", step, name, version)
        return
    if "AWSPENDING" not in labels:
        raise RotationError(f"secret {name}: version {version} is not labelled AWSPENDING")
    STEPS[step](Rotation(secret, version, store), accounts[name])
    LOG.info("%s of %s: done for version %s", step, name, version)


class Rotation:
    """One rotation of one secret, as Secrets Manager knows it."""

    def __init__(self, secret: str, version: str, store: Any) -> None:
        self.secret, self.version, self.store = secret, version, store

    @property
    def current(self) -> Value | None:
        """What the secret holds now; None before the first rotation."""
        return self.read(VersionStage="AWSCURRENT")

    @property
    def pending(self) -> Value | None:
        """What it will hold; None before createSecret."""
        return self.read(VersionId=self.version, VersionStage="AWSPENDING")

    def read(self, **which: str) -> Value | None:
        """The value of one version; None where it has none.

        Raises:
            RotationError: it isn't a JSON object.
        """
        try:
            text = self.store.get_secret_value(SecretId=self.secret, **which)["SecretString"]
            value = json.loads(text)
        except self.store.exceptions.ResourceNotFoundException:
            return None
        except (KeyError, ValueError):
            value = None
        if not isinstance(value, dict):
            # Without the cause, whose message would quote the value.
            raise RotationError(
                f"secret {self.secret}: the {which['VersionStage']} version is no JSON object"
            ) from None
        return value

    def created(self) -> Value:
        """What createSecret has put there."""
        if (pending := self.pending) is None:
            raise RotationError(f"secret {self.secret}: version {self.version} has no value; createSecret comes first")
        return pending


def create_secret(rotation: Rotation, account: Account) -> None:
    """Put a new password into the pending version, once."""
    if rotation.pending is None:
        value = account.next(rotation.current) | {"password": new_password()}
        rotation.store.put_secret_value(
            SecretId=rotation.secret,
            ClientRequestToken=rotation.version,
            SecretString=json.dumps(value),
            VersionStages=["AWSPENDING"],
        )


def set_secret(rotation: Rotation, account: Account) -> None:
    """Make it work."""
    account.set(rotation.created(), rotation.current)


def test_secret(rotation: Rotation, account: Account) -> None:
    """Prove that it does."""
    account.test(rotation.created())


def finish_secret(rotation: Rotation, _: Account) -> None:
    """Let programs have it: move the label AWSCURRENT, which before the first rotation is nowhere."""
    labels = rotation.store.describe_secret(SecretId=rotation.secret)["VersionIdsToStages"]
    before = next((version for version, names in labels.items() if "AWSCURRENT" in names), None)
    rotation.store.update_secret_version_stage(
        SecretId=rotation.secret,
        VersionStage="AWSCURRENT",
        MoveToVersionId=rotation.version,
        **({"RemoveFromVersionId": before} if before else {}),
    )


STEPS = {
    "createSecret": create_secret,
    "setSecret": set_secret,
    "testSecret": test_secret,
    "finishSecret": finish_secret,
}


def new_password() -> str:
    """One with a letter of each case, a digit and a sign, about 240 bits."""
    while True:
        password = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        kinds = (str.islower, str.isupper, str.isdigit, "-".__eq__)
        if all(any(kind(character) for character in password) for kind in kinds):
            return password
