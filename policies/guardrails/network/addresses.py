"""Address ranges, and which of them are as good as the whole internet."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

_NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
        *("224.0.0.0/4", "240.0.0.0/4", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
)
_IPV4_IN_IPV6 = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))  # mapped, and NAT64


@dataclass(frozen=True)
class Widths:
    """How short a public prefix is as good as the whole internet: 0.0.0.0/1 is, 203.0.113.0/24 isn't."""

    ipv4: int = 8
    ipv6: int = 16


DEFAULT_WIDTHS = Widths()


def parse_network(text: object) -> Network | None:
    """A CIDR in any spelling, host bits ignored as the service does; None for what is no CIDR."""
    try:
        return ip_network(str(text).strip(), strict=False)
    except ValueError:
        return None


def is_wide(network: Network, widths: Widths = DEFAULT_WIDTHS) -> bool:
    """Whether ``network`` is public and its prefix shorter than ``widths`` say; then so is all that contains it."""
    if isinstance(network, IPv4Network):
        return network.prefixlen < widths.ipv4 and not _is_private(network)
    for space in _IPV4_IN_IPV6:  # 64:ff9b::/96 leads to all of IPv4
        if contains(network, space):
            return True
        if contains(space, network):
            low_bits = int(network.network_address) & 0xFFFFFFFF
            return is_wide(IPv4Network((low_bits, network.prefixlen - 96)), widths)
    return network.prefixlen < widths.ipv6 and not _is_private(network)


def contains(outer: Network, inner: Network) -> bool:
    """Whether every address of ``inner`` is in ``outer``."""
    if isinstance(outer, IPv4Network):
        return isinstance(inner, IPv4Network) and inner.subnet_of(outer)
    return isinstance(inner, IPv6Network) and inner.subnet_of(outer)


def _is_private(network: Network) -> bool:
    return any(contains(space, network) for space in _NOT_PUBLIC)
