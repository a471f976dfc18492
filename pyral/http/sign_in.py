"""Authentication: credentials, and the security token, fetched once and renewed by one thread.

The common path takes no lock. A refusal names the sign-in it happened under; whoever comes first
renews that one, all others wait and use the new one. Credentials that were refused are never
offered again, so that no account is locked by repetition. It knows no HTTP: fetching is a
function it is given.
"""
from __future__ import absolute_import, division, print_function

from pyral._locks import ProcessLock
from pyral.errors import AuthenticationError
from pyral.redact import Secret


class Credentials(object):
    """What to sign in with: an API key, which wins, or user and password; never shown, no pickle.

    With neither, and with the values of the defaults, the `netrc` file of the user is asked.
    """

    __slots__ = ('user', 'password', 'apikey')

    def __init__(self, user=None, password=None, apikey=None):
        self.user, self.password, self.apikey = user, Secret(password), Secret(apikey)

    def __repr__(self):
        return '<Credentials>'

    def __reduce_ex__(self, protocol):
        raise TypeError("credentials are not pickled")


class SignIn(object):
    """The state of being signed in: a token, a generation number, and a lasting refusal.

    :param fetch: called without arguments, returns a fresh token as a `Secret`; raises
        `AuthenticationError` where the credentials are refused
    """

    def __init__(self, fetch):
        self._fetch = fetch
        self._lock = ProcessLock()
        self._token = None
        self._is_renewing = False
        #: Grows with every renewal; a request remembers the one it was sent under.
        self.generation = 0
        #: True once the service has accepted the credentials.
        self.proven = False
        #: The refusal that is final, or None.
        self.refusal = None

    def __repr__(self):
        return '<SignIn generation {0}>'.format(self.generation)

    def wait(self):
        """Wait while another thread renews the sign-in, so that none offers the old one."""
        if self._is_renewing:
            with self._lock:
                return

    def token(self):
        """Return the token, asking for it on first use."""
        token = self._token
        if token is not None:
            return token
        with self._lock:
            if self._token is None:
                self._token = self._fetched()
            return self._token

    def renew(self, generation):
        """Replace the sign-in of `generation`; whoever finds it replaced already just returns.

        :param generation: the generation under which the refusal came
        :raises AuthenticationError: the credentials are refused for good
        """
        with self._lock:
            if self.refusal is not None:
                raise self.refusal.copy()
            if self.generation != generation:
                return
            self._token, self._is_renewing = None, True
            try:
                self._token = self._fetched()
            finally:
                self.generation += 1
                self._is_renewing = False

    def refuse(self, refusal):
        """Remember that the credentials were refused before they were ever accepted."""
        with self._lock:
            if not self.proven and self.refusal is None:
                self.refusal = refusal

    def _fetched(self):
        try:
            return self._fetch()
        except AuthenticationError as error:
            self.refusal = error.copy()
            raise


__all__ = ['Credentials', 'SignIn']
