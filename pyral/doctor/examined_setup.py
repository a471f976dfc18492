"""What the doctor examines: settings, the connection they give, and what checks have learnt of it.

Checks read it and put down what later checks need. Secrets in it show as a mask.
"""
from __future__ import absolute_import, division, print_function

import re
import warnings

from pyral import config
from pyral._compat import ensure_text, fill, text_of
from pyral.doctor.finding import Finding
from pyral.doctor.network import ProxyAddress, TimeLeft, addresses_of, connect, tunnel
from pyral.errors import PyralError
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from pyral.redact import Redactor, Secret

__all__ = ['ExaminedSetup', 'LOOK_S', 'SECRETS', 'quietly', 'sentence_of']

SECRETS = frozenset(['password', 'apikey'])
#: Seconds for a second look, after something failed.
LOOK_S = 3.0
_ONCE = RetryPolicy(attempts=1)


class ExaminedSetup(object):
    """What one examination looks at.

    :param values: setting name -> value; secrets as `Secret`.
    :param sources: setting name -> where its value came from.
    :param environ: a `Secret` with a mapping.
    :param limit_s: seconds that one check has.
    :param options: `verify`, `schema_cache` as for `Rally`; `tries_write`.
    """

    def __init__(self, values, sources, environ, limit_s, **options):
        self.values, self.sources, self.environ, self.limit_s = values, sources, environ, limit_s
        self.options = options
        #: What is wrong with the settings as such: an error, and warnings as texts.
        self.problem, self.remarks = None, []
        self.redactor = Redactor([values.get(name) or Secret(None) for name in SECRETS])
        self.transport = self.base_url = self.proxy = None
        #: Set by checks: addresses, the answer to the first question, its error, the account.
        self.addresses, self.answer, self.error, self.account = [], None, None, None
        #: Where a redirect of the first question led on this server.
        self.led_to = None
        self.directory = self.workspace = self.project = None
        #: True where 401 came in other words than those of the service.
        self.is_of_gateway = False
        #: True for a connection that goes over no network of ours.
        self.is_elsewhere = False

    def __repr__(self):
        return '<Setup of {0}>'.format(self.base_url.url if self.base_url else 'no server')

    def __reduce__(self):
        raise TypeError("what holds credentials is not pickled")

    def value(self, name):
        """Return the value of a setting that is no secret."""
        return self.values.get(name)

    def has(self, name):
        """Say whether a secret is given that stands for something."""
        return bool(self.values[name]) and self.values[name] != config.PASSWORD

    def finding(self, check, verdict, text, advice=u'', facts=None):
        """Return a finding in which no secret shows."""
        def mask(value):
            # Half characters, of arguments in another encoding, could not be written.
            return self.redactor.text(value).encode('utf-8', 'replace').decode('utf-8')

        return Finding(check, verdict, mask(text), mask(advice or u''), _masked(facts or {}, mask))

    def left(self):
        """Return the `TimeLeft` of a check that begins."""
        return TimeLeft(self.limit_s)

    def new_transport(self, credentials):
        """Return a transport with these settings, that sends everything once."""
        return Transport(
            Secret(self.values['server']), credentials, None, self.options.get('verify', True),
            self.limit_s, _ONCE, environ=self.environ.reveal(), deadline=self.limit_s)

    def take_transport(self, transport):
        """Use a connection that is there."""
        self.transport = transport.within(self.limit_s, self.limit_s, _ONCE)
        self.base_url, self.redactor = transport.base_url, transport.redactor

    def credentials(self):
        """Return what there is to sign in with.

        :raises ConfigError: it cannot be sent.
        """
        key = config.credential(self.values['apikey'].reveal(), 'apikey')
        if key:
            return Credentials(None, None, Secret(key))
        return Credentials(
            config.credential(self.value('user'), 'user'),
            Secret(config.credential(self.values['password'].reveal(), 'password')))

    def proxy_address(self):
        """Return the `ProxyAddress` in use, or None.

        :raises ValueError: it is none.
        """
        address = self.transport.proxies.get(self.base_url.scheme) \
            or self.transport.proxies.get('all')
        return ProxyAddress(address) if address else None

    def opened(self, left=None):
        """Return a socket to the server, through the tunnel of the proxy where there is one.

        :raises EnvironmentError: it does not come about.
        """
        left = left or self.left()
        addresses, base = self.addresses, self.base_url
        if self.proxy is not None:
            addresses = addresses_of(self.proxy.host, self.proxy.port)
        sock, failed = connect(addresses, left)
        if sock is None:
            raise failed[-1][1] if failed else IOError('no address')
        if self.proxy is not None:
            status = tunnel(sock, self.proxy, base.host, base.port, left)[0]
            if not 200 <= status < 300:
                sock.close()
                raise IOError('the proxy answers {0}'.format(status))
        sock.settimeout(left.seconds())
        return sock

    def opener(self):
        """Return a function that opens a socket for a second look, which may take less long."""
        return lambda: self.opened(TimeLeft(min(self.limit_s, LOOK_S)))

    def read(self, *args, **options):
        """Read with the transport."""
        return self.transport.get(*args, **options)


def quietly(function, *args, **keywords):
    """Return what a function returns, its `PyralError`, and the texts of its warnings."""
    result = problem = None
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        try:
            result = function(*args, **keywords)
        except PyralError as error:
            problem = error
    return result, problem, [text_of(each.message) for each in heard]


def sentence_of(error):
    """Return what an error says in a sentence: no pages, no long addresses."""
    status, errors = getattr(error, 'status_code', None), getattr(error, 'errors', ())
    text = fill(u'{0}: {1}', status, errors[0]) if errors and status != 200 else error.message
    return re.sub(u"[?][^\\s']+", u'', ensure_text(text))


def _masked(value, mask):
    """Return facts without secrets, of types that JSON has."""
    if isinstance(value, dict):
        return dict((name, _masked(each, mask)) for name, each in value.items())
    if isinstance(value, (list, tuple)):
        return [_masked(each, mask) for each in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return mask(text_of(value))
