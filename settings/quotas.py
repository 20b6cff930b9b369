"""What a stack takes of its account's quotas, as far as the settings tell."""

from __future__ import annotations

from aws_facts.ec2_instance_types import vcpus as vcpus_of
from components.cluster.capacity import Vcpus, node_vcpus, quota
from settings.stack import Settings


def vcpus(settings: Settings) -> dict[str, Vcpus]:
    """Code of a quota of ``ec2`` -> vCPUs that the stack's instances take of it: nodes and the bastion."""
    taken = node_vcpus(settings.enabled_clusters.values(), len(settings.network.zones))
    if settings.bastion.enabled:
        host, code = vcpus_of(settings.bastion.instance_type) or 0, quota(settings.bastion.instance_type)
        nodes = taken.get(code, Vcpus(0, 0))
        taken[code] = Vcpus(nodes.fewest + host, nodes.most + host)
    return taken
