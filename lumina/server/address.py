"""Where a server listens, and where a person finds it."""

import os
import socket

from lumina.errors import InputError

FIRST_OWN_PORT = 1024  # below it, only an administrator's programs may listen
ANYWHERE = ("0.0.0.0", "::")


def bare(host: str | None) -> str:
    """A host without the brackets in which an address of IPv6 stands in URLs; that of Gradio if None."""
    host = (host or "").strip() or os.environ.get("GRADIO_SERVER_NAME") or "127.0.0.1"
    return host[1:-1] if host.startswith("[") and host.endswith("]") else host


def check_address(host: str | None, port: int | None) -> str:
    """A host as Gradio wants it, 0.0.0.0 for ``*`` and its like; raises InputError if it cannot listen."""
    name = bare(host)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            name, port or 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise InputError(f"The host {name} cannot be found; use 127.0.0.1, or 0.0.0.0 for all.") from error
    try:
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise InputError(_refusal(error, name, port)) from error
    name = str(address[0]) if address[0] in ANYWHERE else name
    return f"[{name}]" if family == socket.AF_INET6 and ":" in name else name


def _refusal(error: OSError, host: str, port: int | None) -> str:
    """Why nothing can listen at an address, and what to do."""
    if isinstance(error, PermissionError) and port and port < FIRST_OWN_PORT:
        return f"Port {port} is for administrators only; choose a port from {FIRST_OWN_PORT} on."
    if port and "in use" in str(error):
        return f"Port {port} is taken by another program; choose another port."
    return f"This machine cannot listen at {host} ({error.strerror or error}); choose another host."


def listener(host: str, port: int) -> socket.socket:
    """A socket that listens: at ``::`` for IPv4, too; raises OSError where that cannot be."""
    if ":" not in host:
        return socket.create_server((host, port))
    both = host == "::" and socket.has_dualstack_ipv6()
    return socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=both)


def addresses(host: str, port: int) -> str:
    """Where a person opens a page that is served at ``host``, as :func:`check_address` returns it."""
    name = bare(host)
    if name not in ANYWHERE:
        return f"http://{host}:{port}"
    where = f"http://localhost:{port}, and at port {port} of this machine's other addresses"
    if name == "::" and not socket.has_dualstack_ipv6():
        where += " of IPv6 (with --host 0.0.0.0, of IPv4)"
    return where
