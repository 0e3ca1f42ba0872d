"""Whether connections can be made as the environment says: by its proxies, and its certificates."""

import os

from lumina.errors import InputError

LOOPBACK = ("localhost", "127.0.0.1", "::1")  # this machine itself, which no proxy stands before
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")  # the first one that is set counts


def proxies_set() -> list[str]:
    """The variables that name a proxy."""
    return [name for name in PROXIES if os.environ.get(name)]


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
