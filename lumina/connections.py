"""Whether connections can be made as the environment says: by its proxies, and its certificates."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv4Address, IPv6Address, ip_address
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from lumina.errors import InputError

if TYPE_CHECKING:
    import httpx

LOOPBACK = ("localhost", "127.0.0.1", "::1")  # this machine itself, which no proxy stands before
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
LOOKING_UP = 2.0  # seconds for the addresses of a name, which a proxy may know and this machine not
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # the first one that is set counts


def proxies_set() -> list[str]:
    """The variables that name a proxy."""
    return [name for name in PROXIES if os.environ.get(name)]


def proxy_before(url: str) -> str:
    """The variable whose proxy stands before an address; empty where there is none, and NO_PROXY counts.

    None stands before this machine, by whatever name, or one in a private network.
    """
    address, found = urlsplit(url), getproxies()
    kind = next((kind for kind in (address.scheme, "all") if found.get(kind)), "")
    host = address.hostname or ""
    if not kind or proxy_bypass(host) or proxy_bypass(address.netloc.rpartition("@")[2]) or _is_near(host):
        return ""
    name = f"{kind}_proxy"
    return name if os.environ.get(name) else name.upper()


def _is_near(host: str) -> bool:
    return host in LOOPBACK or any(
        not address.is_global or _is_own(address) for address in _addresses_of(host)
    )


def _addresses_of(host: str) -> list[IPv4Address | IPv6Address]:
    """Those of a name, as far as they are found within ``LOOKING_UP`` seconds."""
    found = list[IPv4Address | IPv6Address]()
    looking = Thread(target=lambda: found.extend(_looked_up(host)), daemon=True)
    looking.start()
    looking.join(LOOKING_UP)
    return found


def _looked_up(host: str) -> Iterator[IPv4Address | IPv6Address]:
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    for *_, address in told:
        yield ip_address(str(address[0]).partition("%")[0])


def _is_own(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is this machine's: nothing can listen at another's."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
            trial.bind((str(address), 0))
    except OSError:
        return False
    return True


def client_of(url: str, secret: str = "", **more: Any) -> "httpx.Client":
    """What asks one server, with a secret if it wants one: through a proxy where one stands before it.

    Raises InputError as :func:`check_connections` does.
    """
    import httpx

    through = proxy_before(url)
    if through:
        check_connections()
    return httpx.Client(
        base_url=url,
        headers={"authorization": f"Bearer {secret}"} if secret else {},
        trust_env=bool(through),
        verify=httpx.create_ssl_context() if url.startswith("https:") else False,
        **more,
    )


def check_connections() -> None:
    """Raise InputError if no connection could be made as the environment says; nothing is sent."""
    import httpx  # which brings its own command line

    try:
        httpx.Client().close()
    except OSError as error:  # of ssl too
        name = next((name for name in CERTIFICATES if os.environ.get(name)), CERTIFICATES[0])
        raise InputError(
            f"{name} names {os.environ.get(name, '')}, where no certificates are; correct or unset it."
        ) from error
    except (ValueError, TypeError, ImportError, httpx.InvalidURL) as error:
        found = ", ".join(proxies_set()) or ", ".join(PROXIES[:3])
        raise InputError(
            f"The proxy that is set ({found}) cannot be used: {error}; correct or unset it."
        ) from error
