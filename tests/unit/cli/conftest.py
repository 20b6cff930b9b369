"""The account that answers as a test says is the doctor's."""

from tests.unit.doctor.conftest import account_of

__all__ = ["account_of"]
