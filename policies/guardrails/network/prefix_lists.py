"""Managed prefix lists: a rule that names one admits what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardrails.model.relations import named_by
from guardrails.model.resource import Resource, Stack, values_at
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.addresses import parse_network
from guardrails.network.firewall_rules import Kind, Pending, Rule, Source

PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_LIST_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


def with_ranges(rule: Rule, resource: Resource, stack: Stack | None) -> Rule:
    """The rule with the ranges of the stack's prefix lists in their place; AWS's and other stacks' stay as they are.

    Raises:
        UndeterminedError: it names a list, and the stack, which may have it, isn't in view yet.
    """
    lists = [source for source in rule.sources if source.kind is Kind.PREFIX_LIST]
    if not lists:
        return rule
    if stack is None:
        raise UndeterminedError(lists[0].path)
    found = (range_ for source in lists for range_ in _ranges(source, resource, stack))
    return replace(rule, sources=rule.sources.difference(lists).union(found))


def _ranges(source: Source, resource: Resource, stack: Stack) -> Iterator[Source]:
    try:
        prefix_list = stack.referred(resource, source.path, (PREFIX_LIST,))
    except UndeterminedError:
        prefix_list = None
    if prefix_list is None:
        yield source
        return
    cidrs = values_at(prefix_list, "entries[*].cidr")
    for entry in named_by(prefix_list, stack, (PREFIX_LIST_ENTRY,), "prefixListId", (PREFIX_LIST,)):
        cidrs += values_at(entry, "cidr")
    for cidr in cidrs:
        network = None if cidr is UNKNOWN else parse_network(cidr)
        yield Source(Kind.CIDR, network or Pending(source.path), source.path)
