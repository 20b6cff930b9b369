"""The criteria of public catalogues that many controls answer to, each named by what it is about."""

from __future__ import annotations

from dataclasses import dataclass

from guardrails.model.control import References


@dataclass(frozen=True)
class Criteria:
    """Criteria that go together; called with the ids of one control elsewhere, they are its references."""

    soc2: tuple[str, ...]
    iso27001: tuple[str, ...]
    indonesia: tuple[str, ...] = ()

    def __call__(
        self,
        checkov: tuple[str, ...] = (),
        security_hub: tuple[str, ...] = (),
        indonesia: tuple[str, ...] | None = None,
    ) -> References:
        """The references of a control: its ids in checkov and AWS Security Hub, and its own articles if it has any."""
        return References(
            checkov=checkov,
            security_hub=security_hub,
            soc2=self.soc2,
            iso27001=self.iso27001,
            indonesia=self.indonesia if indonesia is None else indonesia,
        )


at_rest = Criteria(("CC6.1",), ("A.8.24",), ("UU PDP 35",))
key_management = Criteria(("CC6.1",), ("A.8.24",))
in_transit = Criteria(("CC6.7",), ("A.8.20", "A.8.24"), ("UU PDP 35", "UU PDP 39"))
secrets = Criteria(("CC6.1",), ("A.5.17", "A.8.24"), ("UU PDP 35",))
privileged_access = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.2"))
resource_access = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"))
data_access = Criteria(("CC6.1", "CC6.3"), ("A.5.15", "A.8.3"), ("UU PDP 39",))
network_boundary = Criteria(("CC6.1", "CC6.6"), ("A.8.20", "A.8.22"), ("UU PDP 39",))
network_segregation = Criteria(("CC6.6",), ("A.8.20", "A.8.22"))
logging = Criteria(("CC7.2",), ("A.8.15", "A.8.16"))
monitoring = Criteria(("CC7.1", "CC7.2"), ("A.8.15", "A.8.16"))
continuity = Criteria(("A1.2",), ("A.8.14",))
capacity = Criteria(("A1.1",), ("A.8.6",))
recovery = Criteria(("A1.2",), ("A.8.13",))

AT_REST = "Data on a disk or a snapshot must be useless to whoever gets hold of it."
CUSTOMER_KEY = "A customer managed key has its own key policy, its own audit trail, and can be disabled."
"""Why a key managed by AWS isn't enough."""
PLAIN_TRANSPORT = "Data that travels without TLS can be read and changed on the way."
RESIDENCY = "Data of the platform stays in Indonesia."
