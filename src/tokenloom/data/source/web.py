"""A file from the web: redirects followed by hand, each host checked, the connection bound to the address that was checked."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from tokenloom.data.source.address import Target, check_url
from tokenloom.data.source.cache import Broken, Changed, Remote, fetched, forget, kept
from tokenloom.data.source.opening import Files, Place, SourceFile, fetch_source
from tokenloom.kit.errors import DataError
from tokenloom.kit.ids import sha256_of
from tokenloom.spec.sources import UrlSource

if TYPE_CHECKING:
    import httpx

MAX_REDIRECTS = 10
_CONNECT_SECONDS, _READ_SECONDS = 8.0, 30.0
_NAME = re.compile(r'filename\*?=(?:UTF-8\'\')?"?([^";]+)"?', re.IGNORECASE)


@fetch_source.register
def _fetch_url(spec: UrlSource, place: Place) -> Files:
    with contextlib.closing(_Connection()) as line:
        name, remote, is_same = _look(line, spec, place)
        known = kept(place, spec.url)
        path = known[1].path if is_same and known else fetched(place, remote, max_bytes=spec.max_megabytes * 1_000_000)
    if spec.sha256 and sha256_of(path) != spec.sha256.lower():
        forget(place, spec.url)
        raise DataError(
            f"{name} does not have the SHA-256 that was named.",
            hint="Either the file has changed, or the address leads to another one.",
        )
    return Files([SourceFile(path, spec.name or name)], is_folder=False, pattern=spec.pattern)


def _look(line: _Connection, spec: UrlSource, place: Place) -> tuple[str, Remote, bool]:
    """The file's name, how to fetch it, and whether the one that is kept is still the newest."""
    known = kept(place, spec.url)
    asked = _conditions(known[0]) if known else {}
    with line.get(spec.url, asked) as (response, url):
        if response.status_code == 304 and known:
            return _name_of(response, url), Remote(spec.url, "", "", None, lambda _: iter(())), True
        _check_status(response, url)
        name = _name_of(response, url)
        length = response.headers.get("content-length", "")
        size = int(length) if length.isdigit() and "content-encoding" not in response.headers else None
        tag = _tag_of(response)
    return name, Remote(spec.url, name, tag, size, lambda offset: _read(line, spec.url, tag, offset)), False


def _read(line: _Connection, address: str, tag: str, offset: int) -> Iterator[bytes]:
    import httpx

    asked = (
        {"range": f"bytes={offset}-", **({"if-range": _validator(tag)} if _validator(tag) else {})} if offset else {}
    )
    try:
        with line.get(address, asked) as (response, url):
            if response.status_code == 416:
                raise Changed
            _check_status(response, url)
            if offset and (response.status_code != 206 or not _starts_at(response, offset)):
                raise Changed
            if not offset and tag and _tag_of(response) != tag:
                raise Changed
            yield from response.iter_raw()
    except httpx.HTTPError as error:
        raise Broken(f"the line broke ({type(error).__name__})") from None


class _Connection:
    """One client for all requests of a fetch."""

    def __init__(self) -> None:
        import httpx

        from tokenloom import __version__

        self._client = httpx.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            headers={"user-agent": f"tokenloom/{__version__}", "accept-encoding": "identity"},
        )

    def close(self) -> None:
        self._client.close()

    @contextlib.contextmanager
    def get(self, url: str, headers: dict[str, str]) -> Iterator[tuple[httpx.Response, str]]:
        """The answer behind all redirects, and the address that gave it."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self._sent(url, headers)
            with contextlib.closing(response):
                onward = response.headers.get("location") if response.status_code in (301, 302, 303, 307, 308) else None
                if onward is None:
                    yield response, url
                    return
            url = _onward(url, onward)
        raise DataError(
            f"{url[:200]} leads on more than {MAX_REDIRECTS} times.", hint="Use the address that it ends at."
        )

    def _sent(self, url: str, headers: dict[str, str]) -> httpx.Response:
        """Send a request to one of the very addresses that were checked, under the name that the server is called by."""
        import httpx

        target = check_url(url)
        problem: Exception | None = None
        for address in target.addresses:
            try:
                request = self._client.build_request("GET", **_bound(url, target, address, headers))
                return self._client.send(request, stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                problem = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise DataError(f"{url[:200]} cannot be fetched ({error}).", hint="Check the address.") from None
        raise DataError(f"{target.host} cannot be reached ({problem}).", hint="Check the address and the network.")


def _bound(url: str, target: Target, address: str, headers: dict[str, str]) -> dict[str, Any]:
    host = f"[{address}]" if ":" in address else address
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return {
        "url": f"{target.scheme}://{host}:{target.port}{parts.path or '/'}{query}",
        "headers": {**headers, "host": target.authority},
        "extensions": {"sni_hostname": target.host},
    }


def _onward(url: str, location: str) -> str:
    onward = urljoin(url, location)
    if urlsplit(url).scheme == "https" and urlsplit(onward).scheme == "http":
        raise DataError(
            f"{url[:200]} leads from https to http, where anyone on the way could change the file.",
            hint="Use the http address itself if you trust the way.",
        )
    return onward


def _check_status(response: httpx.Response, url: str) -> None:
    if response.status_code in (200, 206):
        return
    told = {
        401: "it needs a login",
        403: "it is not allowed",
        404: "there is no such file",
        410: "it is gone",
        429: "too many requests",
    }
    reason = told.get(
        response.status_code, "the server says no" if response.status_code < 500 else "the server has a fault"
    )
    raise DataError(
        f"{url[:200]} answered {response.status_code}: {reason}.",
        hint="Check the address in a browser." if response.status_code < 500 else "Try again later.",
        status_code=response.status_code,
    )


def _tag_of(response: httpx.Response) -> str:
    """What tells one state of the file from another: the ETag, else when it was changed; empty where the server says neither."""
    return str(response.headers.get("etag") or response.headers.get("last-modified") or "")


def _validator(tag: str) -> str:
    return "" if tag.startswith("W/") else tag


def _conditions(tag: str) -> dict[str, str]:
    if not tag:
        return {}
    return {"if-none-match": tag} if tag.endswith('"') else {"if-modified-since": tag}


def _starts_at(response: httpx.Response, offset: int) -> bool:
    return str(response.headers.get("content-range", "")).startswith(f"bytes {offset}-")


def _name_of(response: httpx.Response, url: str) -> str:
    """The name that the server gives, else the end of the address; only a label, never a path."""
    match = _NAME.search(response.headers.get("content-disposition", ""))
    name = unquote(match[1] if match else urlsplit(url).path).replace("\\", "/")
    last = "".join(letter for letter in PurePosixPath(name).name if letter.isprintable())[:200]
    return last or (urlsplit(url).hostname or "file")
