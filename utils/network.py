"""Addresses of the internet, as far as limits count them."""

from ipaddress import IPv6Address

HOST_BITS = 64  # of an IPv6 address: whoever has a connection has this many addresses of their own


def network_of(address: str) -> str:
    """Whom an address stands for: an IPv6 address for its network of 64 bits, any other for itself."""
    if ":" not in address:
        return address
    try:
        parsed = IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{IPv6Address(int(parsed) >> HOST_BITS << HOST_BITS)}/{HOST_BITS}"
