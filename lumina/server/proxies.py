"""The proxies that the environment names, checked before anything that would use them is imported."""

import httpx

from lumina.errors import InputError


def check_proxies() -> None:
    """Raise InputError if no connection can be made by the proxies that are set; nothing is sent."""
    try:
        httpx.Client().close()
    except (ValueError, TypeError, ImportError, httpx.InvalidURL) as error:
        raise InputError(
            f"The proxy that is set (http_proxy, https_proxy or all_proxy) cannot be used: {error}; "
            "correct or unset it."
        ) from error
