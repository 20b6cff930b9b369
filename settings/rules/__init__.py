"""Rules over several settings, and those that differ by stack: one module per section."""

from components.core.settings.finding import Finding, Rule
from settings.rules import (
    api,
    backup,
    bastion,
    cache,
    clusters,
    database,
    deployment,
    dns,
    files,
    frontend,
    functions,
    images,
    ingress,
    network,
    queues,
    release,
    secrets,
    services,
    stack,
    storage,
    workloads,
)

RULES: tuple[Rule, ...] = (
    *api.RULES,
    *backup.RULES,
    *bastion.RULES,
    *cache.RULES,
    *clusters.RULES,
    *database.RULES,
    *deployment.RULES,
    *dns.RULES,
    *files.RULES,
    *frontend.RULES,
    *functions.RULES,
    *images.RULES,
    *ingress.RULES,
    *network.RULES,
    *queues.RULES,
    *release.RULES,
    *secrets.RULES,
    *services.RULES,
    *stack.RULES,
    *storage.RULES,
    *workloads.RULES,
)

__all__ = ["RULES", "Finding", "Rule"]
