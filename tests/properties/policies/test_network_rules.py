"""The model of network rules: one rule however it is written, and answers that hold for any range."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.engine.packs import load_controls
from guardrails.model.control import Context, Violation
from guardrails.model.logic import all_hold, first_that
from guardrails.model.resource import Resource, Stack
from guardrails.model.values import UNKNOWN, UndeterminedError
from guardrails.network.addresses import contains, is_wide, parse_network
from guardrails.network.firewall_rules import (
    TCP,
    UDP,
    Kind,
    Rule,
    covered_port,
    covers_all_ports,
    covers_port,
    is_denied_before,
    is_open_to_internet,
    port_beyond,
)
from guardrails.network.firewall_syntax import (
    ACL_RULE,
    DEFAULT_NETWORK_ACL,
    DEFAULT_SECURITY_GROUP,
    EGRESS_RULE,
    GROUP_RULE,
    INGRESS_RULE,
    NETWORK_ACL,
    SECURITY_GROUP,
    rules_of,
)

PORT = st.integers(0, 65535)
SPELLINGS = {
    TCP: ("tcp", "TCP", "6", 6),
    UDP: ("udp", "Udp", "17", 17),
    -1: ("-1", -1, "all", "ALL"),
    1: ("icmp", "1"),
    58: ("icmpv6", "58"),
    50: ("50", 50),
}
PROTOCOL = st.sampled_from(list(SPELLINGS))
IPV4 = st.builds(
    lambda bits, length: IPv4Network((bits, length), strict=False), st.integers(0, 2**32 - 1), st.integers(0, 32)
)
IPV6 = st.builds(
    lambda bits, length: IPv6Network((bits, length), strict=False),
    st.one_of(st.integers(0, 2**128 - 1), st.integers(0, 2**32 - 1).map(lambda low: (0x64FF9B << 96) | low)),
    st.integers(0, 128),
)
NETWORK = st.one_of(IPV4, IPV6)
RANGE = st.tuples(PORT, PORT).map(sorted)


def resource(type_, **properties):
    return Resource(type_, f"urn::{type_}", "subject", lambda: (properties, frozenset()))


def only_rule(type_, **properties):
    (rule,) = rules_of(resource(type_, **properties))
    return rule


def group_forms(network, protocol, ports, direction):
    """The same rule in every form that a security group offers, the protocol spelled in each way."""
    old, new = ("cidrBlocks", "cidrIpv4") if network.version == 4 else ("ipv6CidrBlocks", "cidrIpv6")
    separate = INGRESS_RULE if direction == "ingress" else EGRESS_RULE
    first, last = ports
    for spelled in SPELLINGS[protocol]:
        block = {"protocol": spelled, "fromPort": first, "toPort": last, old: [str(network)]}
        yield resource(SECURITY_GROUP, **{direction: [block]})
        yield resource(DEFAULT_SECURITY_GROUP, **{direction: [{**block, "securityGroups": [], "self": False}]})
        yield resource(GROUP_RULE, type=direction, **block)
        yield resource(separate, ipProtocol=spelled, fromPort=str(first), toPort=last, **{new: str(network)})


@given(NETWORK, PROTOCOL, RANGE, st.sampled_from(["ingress", "egress"]))
def test_a_group_rule_is_the_same_in_every_spelling(network, protocol, ports, direction):
    rules = [rule for form in group_forms(network, protocol, ports, direction) for rule in rules_of(form)]
    assert len(rules) == 4 * len(SPELLINGS[protocol])
    assert set(rules) == {rules[0]}


@given(NETWORK, PROTOCOL, RANGE, st.booleans(), st.tuples(st.sampled_from(["allow", "deny"]), st.integers(1, 32766)))
def test_an_acl_rule_is_the_same_in_every_spelling(network, protocol, ports, egress, entry):
    action, number = entry
    cidr = {"cidrBlock" if network.version == 4 else "ipv6CidrBlock": str(network)}
    found = set()
    for spelled in SPELLINGS[protocol]:
        shared = {"protocol": spelled, "fromPort": ports[0], "toPort": ports[1], **cidr}
        inline = {"egress" if egress else "ingress": [{**shared, "action": action.upper(), "ruleNo": number}]}
        found.add(only_rule(NETWORK_ACL, **inline))
        found.add(only_rule(DEFAULT_NETWORK_ACL, **inline))
        found.add(only_rule(ACL_RULE, **shared, ruleAction=action, ruleNumber=number, egress=egress))
    assert len(found) == 1


@given(PROTOCOL, RANGE, PORT)
def test_a_port_is_covered_by_the_ranges_that_contain_it_and_by_all_protocols(protocol, ports, port):
    rule = only_rule(INGRESS_RULE, ipProtocol=protocol, fromPort=ports[0], toPort=ports[1], cidrIpv4="0.0.0.0/0")
    inside = ports[0] <= port <= ports[1]
    assert covers_port(rule, port) == (protocol == -1 or (protocol in (TCP, UDP) and inside))


@given(RANGE, st.sets(PORT, max_size=5), st.sets(PORT, max_size=5))
def test_the_port_beyond_those_allowed_is_covered_and_not_allowed(ports, tcp, udp):
    for protocol, allowed in ((TCP, tcp), (UDP, udp), (-1, tcp & udp)):
        rule = only_rule(INGRESS_RULE, ipProtocol=protocol, fromPort=ports[0], toPort=ports[1])
        found = port_beyond(rule, tcp, udp)
        if found is None:
            assert set(range(ports[0], ports[1] + 1)) <= allowed
        else:
            assert covers_port(rule, found)
            assert found not in allowed
            assert all(port in allowed for port in range(ports[0], found) if covers_port(rule, port))


@pytest.mark.parametrize("absent", [{}, {"fromPort": -1, "toPort": -1}, {"fromPort": None, "toPort": None}])
def test_a_rule_without_ports_covers_them_all(absent):
    rule = only_rule(INGRESS_RULE, ipProtocol="tcp", cidrIpv4="10.0.0.0/8", **absent)
    assert covers_all_ports(rule)
    assert covered_port(rule, [3389, 22]) == 22


def test_icmp_types_are_no_ports():
    echo = only_rule(INGRESS_RULE, ipProtocol="icmp", fromPort=8, toPort=0, cidrIpv4="0.0.0.0/0")
    assert (echo.from_port, echo.to_port) == (8, 0)
    assert not covers_port(echo, 8)
    assert not covers_all_ports(only_rule(INGRESS_RULE, ipProtocol="icmp", fromPort=-1, toPort=-1))


@given(NETWORK, st.data())
def test_what_contains_an_open_range_is_open(network, data):
    wider = network.supernet(new_prefix=data.draw(st.integers(0, network.prefixlen)))
    assert is_wide(wider) or not is_wide(network)


@given(NETWORK, st.data())
def test_host_bits_and_blanks_make_no_difference(network, data):
    host = network[data.draw(st.integers(0, min(network.num_addresses - 1, 2**62)))]
    assert parse_network(f" {host}/{network.prefixlen}") == network


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        *((text, True) for text in ("0.0.0.0/0", "::/0", "::0/0", "0:0:0:0:0:0:0:0/0", "0.0.0.0/0.0.0.0")),
        *((text, True) for text in ("0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/7", "2000::/3", "8000::/1", "10.1.2.3/0")),
        *((text, True) for text in ("::ffff:0:0/96", "64:ff9b::/96", "64:ff9b::/97", "64:ff9b::/90")),
        *((text, False) for text in ("10.0.0.0/8", "172.16.0.0/12", "240.0.0.0/4", "fc00::/7", "ff00::/8")),
        *((text, False) for text in ("8.0.0.0/8", "203.0.113.7/32", "2001:db8::/32", "64:ff9b::a00:0/104")),
    ],
)
def test_ranges_that_are_as_good_as_the_internet(text, wide):
    network = parse_network(text)
    assert network is not None
    assert is_wide(network) is wide


@given(NETWORK.filter(is_wide), st.tuples(st.integers(0, 22), st.integers(22, 65535)), st.sampled_from([TCP, UDP, -1]))
@pytest.mark.requirement("SMILE-SEC-01")
def test_port_22_open_to_the_internet_is_found_in_every_spelling(network, ports, protocol):
    control = load_controls()["LP-SG-001"]
    context = Context({name: schema["default"] for name, schema in control.parameters.items()})
    for form in group_forms(network, protocol, ports, "ingress"):
        (finding,) = control.check(form, context)
        assert isinstance(finding, Violation)
        assert str(network) in finding.why


@given(NETWORK.filter(lambda network: not is_wide(network)), RANGE)
def test_a_narrow_range_is_never_reported_as_the_internet(network, ports):
    for id_ in ("LP-SG-001", "LP-SG-002", "LP-SG-004", "LP-SG-005", "LP-SG-006"):
        context = Context({name: schema["default"] for name, schema in load_controls()[id_].parameters.items()})
        for form in group_forms(network, TCP, ports, "ingress"):
            assert list(load_controls()[id_].check(form, context)) == []


def test_a_text_that_is_no_range_can_not_be_decided():
    rule = only_rule(INGRESS_RULE, ipProtocol="tcp", fromPort=22, toPort=22, cidrIpv4="everywhere")
    with pytest.raises(UndeterminedError, match="cidrIpv4"):
        is_open_to_internet(rule)


def test_sources_that_are_no_addresses_are_told_apart_even_when_unknown():
    block = {"protocol": "tcp", "securityGroups": UNKNOWN, "prefixListIds": [UNKNOWN, "pl-1"], "self": True}
    rule = only_rule(SECURITY_GROUP, ingress=[block])
    assert sorted(source.kind for source in rule.sources) == sorted(
        [Kind.SECURITY_GROUP, Kind.PREFIX_LIST, Kind.PREFIX_LIST, Kind.SELF]
    )
    assert not is_open_to_internet(rule)


ACL_NETWORK = st.sampled_from(["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8"])
ACL_ENTRY = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["allow", "deny"]),
        "protocol": st.sampled_from(["tcp", "udp", "-1"]),
        "fromPort": st.sampled_from([0, 22, 1024]),
        "toPort": st.sampled_from([22, 3389, 65535]),
        "cidrBlock": ACL_NETWORK,
    }
)


def first_match(rules: list[Rule], address: IPv4Network, transport: int, port: int):
    """The rule that AWS would apply to a packet: the lowest-numbered one that matches."""
    matching = (
        rule
        for rule in sorted(rules, key=lambda rule: rule.number)
        if rule.protocol in (-1, transport)
        and rule.from_port <= port <= rule.to_port
        and any(contains(source.value, address) for source in rule.sources)
    )
    return next(matching, None)


@given(st.lists(ACL_ENTRY, min_size=1, max_size=5), st.sampled_from([22, 3389]))
def test_no_packet_passes_a_rule_that_is_denied_before_and_one_passes_if_nothing_is_before_it(entries, port):
    rules = rules_of(resource(NETWORK_ACL, ingress=[{**entry, "ruleNo": n} for n, entry in enumerate(entries, 1)]))
    addresses = [IPv4Network(IPv4Address(text)) for text in ("8.8.8.8", "10.1.1.1", "200.1.1.1")]
    for rule in rules:
        if not rule.allow or not covers_port(rule, port):
            continue
        (source,) = rule.sources
        passes = [
            first_match(rules, address, transport, port) is rule
            for address in addresses
            for transport in (TCP, UDP)
            if contains(source.value, address)
        ]
        if is_denied_before(rule, rules, source, port):
            assert not any(passes)
        elif rule is rules[0]:
            assert any(passes)


@given(st.lists(st.sampled_from([True, False, None])))
def test_one_known_no_decides_and_one_unknown_leaves_open(answers):
    def ask(answer):
        if answer is None:
            raise UndeterminedError("somewhere")
        return answer

    questions = [lambda answer=answer: ask(answer) for answer in answers]
    if False in answers:
        assert all_hold(*questions) is False
    elif None in answers:
        with pytest.raises(UndeterminedError):
            all_hold(*questions)
    else:
        assert all_hold(*questions) is True
    if True in answers:
        assert first_that(answers, ask) is True
    elif None in answers:
        with pytest.raises(UndeterminedError):
            first_that(answers, ask)
    else:
        assert first_that(answers, ask) is None


def test_a_stack_without_networks_is_quiet():
    lonely = resource("aws:sqs/queue:Queue")
    stack = Stack([lonely])
    for control in load_controls().values():
        if control.id.startswith(("LP-SG", "LP-NACL")):
            context = Context({name: schema["default"] for name, schema in control.parameters.items()}, stack)
            assert list(control.check(lonely, context)) == [] or lonely.type not in control.types
