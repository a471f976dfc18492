"""TLS certificates and private keys for HTTPS: made on the spot, or given as files."""

from __future__ import annotations

import os
import shutil
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

import trustme

__all__ = ['Certificate', 'make_certificate']


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key, as files.

    :ivar path: the certificate chain the server shows.
    :ivar key: its private key.
    :ivar authority: what clients must trust; the certificate itself when it was given.
    """

    path: str
    key: str
    authority: str | None = None

    @property
    def trusted(self) -> str:
        """Return the file for a client's `verify`."""
        return self.authority or self.path

    def context(self) -> ssl.SSLContext:
        """Return the server side of TLS.

        :raises OSError: when a file cannot be read.
        :raises ValueError: when the files hold no certificate with its key.
        """
        for path in (self.path, self.key):
            # The loader itself does not say which of the files is missing.
            Path(path).read_bytes()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(self.path, self.key)
        except ssl.SSLError as error:
            raise ValueError(
                f"{self.path} and {self.key} are no certificate and its key in PEM form:"
                f" {error.reason or error}"
            ) from None
        return context

    def discard(self) -> None:
        """Remove the files, if they were made on the spot; harmless when repeated."""
        if self.authority is not None:
            shutil.rmtree(Path(self.authority).parent, ignore_errors=True)


def make_certificate(host: str) -> Certificate:
    """Make an authority and a certificate for this machine in a private folder.

    The folder lives as long as its emulator; see `Certificate.discard`.

    :param host: an address to cover beside `localhost`, `127.0.0.1` and `::1`.
    """
    folder = Path(tempfile.mkdtemp(prefix='pyral-emulator-tls-'))
    authority = trustme.CA()
    names = dict.fromkeys(['localhost', '127.0.0.1', '::1', host])
    issued = authority.issue_cert(*(name for name in names if name not in ('', '0.0.0.0', '::')))
    paths = {name: str(folder / name) for name in ('authority.pem', 'server.pem', 'server.key')}
    authority.cert_pem.write_to_path(paths['authority.pem'])
    key = os.open(paths['server.key'], os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(key, 'wb') as target:
        target.write(issued.private_key_pem.bytes())
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(paths['server.pem'], append=number > 0)
    return Certificate(paths['server.pem'], paths['server.key'], paths['authority.pem'])
