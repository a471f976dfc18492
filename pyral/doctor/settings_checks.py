"""Checks that need no network: versions, settings, the server's name, credentials, CA bundle."""
from __future__ import absolute_import, division, print_function

import os
import re
import sys
from collections import OrderedDict

from pyral import config
from pyral._compat import ensure_text, fill
from pyral._version import VERSION_TEXT
from pyral.config.profiles import profile_places
from pyral.config.secret_sources import HELPER, KEYRING
from pyral.doctor.examined_setup import SECRETS, quietly
from pyral.doctor.finding import FAILURE, NOTE, OK, WARNING
from pyral.doctor.network import is_loopback
from pyral.errors import ConfigError, nearest
from pyral.http import library
from pyral.http.base_url import BaseUrl
from pyral.http.settings import warn_no_more
from pyral.http.sign_in import Credentials
from pyral.redact import MASK, mask_proxy

__all__ = ['check_certificates', 'check_credentials', 'check_server', 'check_settings',
           'check_versions']

#: Pairs that do not work together: what it is, a test over (Python, versions), and what to do.
_BAD_PAIRS = (
    ("this Python has no module ssl, so that there is no https",
     lambda python, found: 'OpenSSL' not in found,
     "Install a Python that was built with OpenSSL."),
    ("Python before 2.7.9 checks no certificates and sends no server name (SNI)",
     lambda python, found: python < (2, 7, 9), "Update Python."),
    ("OpenSSL before 1.0.1 knows no TLS 1.2, which the service wants",
     lambda python, found: re.match(r'OpenSSL (?:0\.|1\.0\.0)', found.get('OpenSSL', '')),
     "Use a Python that is linked with a newer OpenSSL."),
    ("requests before 2.30 does not go with urllib3 2",
     lambda python, found: _older(found['requests'], 2, 30) and not _older(
         found.get('urllib3', '0'), 2, 0),
     "pip install --upgrade requests"),
    ("requests 2.32.0 and 2.32.1 were withdrawn: they lose adapters and certificates",
     lambda python, found: found['requests'] in ('2.32.0', '2.32.1'),
     "pip install --upgrade requests"),
    ("urllib3 2 wants OpenSSL 1.1.1 or newer, not LibreSSL",
     lambda python, found: 'LibreSSL' in found.get('OpenSSL', '') and not _older(
         found.get('urllib3', '0'), 2, 0),
     "pip install 'urllib3<2', or take a Python that is linked with OpenSSL."),
)
_NOT_UNDERSTOOD = re.compile(u"is not (?:a setting|one of ours)|is ignored|sets nothing|expected")
_WITHOUT_EFFECT = u"What is not understood has no effect: mend it, or take it out."
#: How OpenSSL names authorities in a folder.
_OF_AUTHORITY = re.compile(r'^[0-9a-f]{8}\.[0-9]+$')
_QUOTED = re.compile(r'''^(["']).*\1$''')
_AROUND = re.compile(r'''^(?:\s|.*\s$|(["']).*\1$)''')
_SIGNS_OF_KEYS = re.compile(r'^_[A-Za-z0-9]{20,}$')


def _older(version, *than):
    numbers = re.findall(r'\d+', version)[:2]
    return tuple(int(each) for each in numbers) < than


def check_versions(setup):
    """What runs here, and pairs of versions that are known not to work together."""
    python = '{0}.{1}.{2}'.format(*sys.version_info)
    found = library.versions()
    told = ['pyral ' + VERSION_TEXT, 'Python ' + python]
    told += ['{0} {1}'.format(name, found[name]) for name in ('requests', 'urllib3')
             if name in found] + [found[name] for name in ('OpenSSL',) if name in found]
    facts = dict(found, pyral=VERSION_TEXT, Python=python, interpreter=sys.executable,
                 package=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    yield setup.finding('versions', OK, u', '.join(told), facts=facts)
    for text, is_bad, advice in _BAD_PAIRS:
        if is_bad(sys.version_info[:3], found):
            yield setup.finding('versions', WARNING, text, advice)


def check_settings(setup):
    """Each setting, where it came from, and what was overlooked on the way."""
    if setup.problem is not None:
        near = u', '.join(ensure_text(each) for each in setup.problem.suggestions)
        yield setup.finding('settings', FAILURE, setup.problem.message, (
            fill(u"Did you mean {0}? ", near) if near else u'') + (
                setup.problem.hint or u"Mend the file, or name another one."))
        return
    facts, given = {}, OrderedDict()
    for setting in config.SETTINGS:
        value, source = setup.values.get(setting.name), setup.sources.get(setting.name)
        if setting.name in SECRETS:
            value = MASK if value and value.reveal() != setting.default else None
        elif setting.name == 'server':
            value = mask_proxy(fill(u'{0}', value))
        facts[setting.name] = {'value': value, 'source': source}
        if source not in (None, 'default') and value not in (None, '', setting.default):
            given.setdefault(source, []).append(setting.name)
    told = [fill(u'{0} from {1}', u', '.join(names), source) for source, names in given.items()]
    yield setup.finding('settings', OK, u'; '.join(told) or u'all are the defaults', facts=facts)
    for text in setup.remarks:
        yield setup.finding('settings', WARNING, text, _WITHOUT_EFFECT
                            if _NOT_UNDERSTOOD.search(text) else u'')
    if setup.has('apikey') and setup.has('password'):
        yield setup.finding('settings', NOTE, u"an API key and a password are given; the key is "
                            u"used, the password is not sent")


def check_server(setup):
    """Whether the server's name can be used at all."""
    server = setup.values['server']
    if setup.base_url is None:
        try:
            setup.base_url = BaseUrl.parse(server)
        except ConfigError as error:
            yield setup.finding('server', FAILURE, fill(
                u"'{0}' cannot be used as the name of a server", mask_proxy(
                    fill(u'{0}', server or u''))), error.hint)
            return
    base = setup.base_url
    facts = {'url': base.url, 'host': base.host, 'port': base.port, 'scheme': base.scheme}
    if base.scheme == 'http' and not (is_loopback(base.host) or setup.is_elsewhere):
        yield setup.finding('server', WARNING, fill(
            u"{0} is plain http: anyone in between can read the credentials", base.url),
            u"Write https:// unless this is a server for tests.", facts)
        return
    near = [] if base.host == config.SERVER else nearest(base.host, [config.SERVER], limit=1)
    if near:
        yield setup.finding('server', NOTE, fill(u"{0}; the public service is {1}", base.url,
                                                 near[0]), facts=facts)
        return
    yield setup.finding('server', OK, base.url, facts=facts)


def check_certificates(setup):
    """Which authorities are trusted, and the transport made with them."""
    if setup.transport is None:
        setup.transport, problem, remarks = quietly(_transport, setup)
        if problem is not None:
            yield setup.finding('certificates', FAILURE, problem.message, problem.hint)
            return
        setup.redactor = setup.transport.redactor
        if setup.transport.session.verify is False:
            warn_no_more(setup.base_url.host)
    else:
        remarks = []
    if setup.base_url.scheme == 'http':
        yield setup.finding('certificates', OK, u"none are needed for http")
        return
    verify = getattr(setup.transport.session, 'verify', True)
    for text in remarks:
        yield setup.finding('certificates', WARNING, text)
    if verify is False:
        if not remarks:
            yield setup.finding('certificates', WARNING, u"certificates are not checked: anyone "
                                u"in between can read the credentials",
                                u"Give the path of a bundle as verify_ssl_cert.")
        return
    path = library.ca_bundle() if verify is True else verify
    if os.path.isdir(path) and not any(_OF_AUTHORITY.match(name) for name in os.listdir(path)):
        yield setup.finding('certificates', FAILURE, fill(
            u"OpenSSL finds no certificate in the folder '{0}'", path), fill(
            u"It finds them by names such as 2e5ac55d.0, which 'openssl rehash {0}' makes; a file "
            u"of certificates (PEM) needs none.", path))
        return
    try:
        library.tls_context(verify, getattr(setup.transport.session, 'cert', None))
    except (EnvironmentError, AttributeError) as error:
        yield setup.finding('certificates', FAILURE, fill(
            u"the authorities in '{0}' cannot be loaded: {1}", path, error),
            u"Give a file of certificates in PEM form, which begin with -----BEGIN CERTIFICATE---"
            u"--, with verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE.")
        return
    yield setup.finding('certificates', OK, fill(u"the authorities of '{0}' are trusted", path),
                        facts={'path': path})


def _transport(setup):
    credentials, problem, _ = quietly(setup.credentials)
    return setup.new_transport(Credentials() if problem is not None else credentials)


def check_credentials(setup):
    """What there is to sign in with, by its form alone; nothing is sent."""
    for finding in _of_secret_sources(setup):
        yield finding
    _, problem, _ = quietly(setup.credentials)
    if problem is not None:
        yield setup.finding('credentials', FAILURE, problem.message, problem.hint)
        return
    told = list(_doubts(setup))
    if setup.has('apikey'):
        yield setup.finding('credentials', OK, fill(
            u"an API key from {0}", setup.sources.get('apikey')), facts={'kind': 'apikey'})
    elif setup.transport is not None and setup.transport.has_credentials:
        is_given = setup.has('password')
        yield setup.finding('credentials', OK, fill(
            u"user {0} with a password", setup.value('user')) if is_given else
            u"user and password of the netrc file", facts={
                'kind': 'password' if is_given else 'netrc'})
    elif not told:
        yield setup.finding(
            'credentials', FAILURE, u"neither an API key nor user and password are given",
            u"Give an API key (apikey, or APIKEY in the environment or a config file), or user and "
            u"password." + _of_netrc())
    for finding in told:
        yield finding


def _of_netrc():
    """Return what there is to say of a netrc file that gives nothing."""
    for name in (os.environ.get('NETRC'), '~/.netrc', '~/_netrc'):
        if name and os.path.exists(os.path.expanduser(name)):
            return fill(u" The netrc file '{0}' names no user and password for this host, or "
                        u"cannot be read.", name)
    return u''


def _doubts(setup):
    """Yield what is doubtful about a key, or user and password."""
    key = ensure_text(setup.values['apikey'].reveal() or u'', errors='replace')
    password = ensure_text(setup.values['password'].reveal() or u'', errors='replace')
    user = setup.value('user')
    if key and key != key.strip():
        yield setup.finding('credentials', NOTE, u"there is white space around the API key, which "
                            u"is left out", u"Take it out where the key comes from.")
    if key and _QUOTED.match(key.strip()):
        yield setup.finding('credentials', WARNING, u"there are quotes around the API key",
                            u"Take them out where the key comes from.")
    elif key and not key.strip().startswith(u'_'):
        yield setup.finding(
            'credentials', WARNING, u"the API key does not begin with an underscore, as all keys "
            u"do; it may be a password or a user name",
            u"Give an API key as apikey, and what belongs to a user as user and password.")
    if key or not setup.has('password') and (not user or user == config.USER_NAME):
        return
    if not password or not setup.has('password'):
        yield setup.finding('credentials', FAILURE, fill(u"user {0} is given without a password",
                                                         user),
                            u"Give the password, too, or an API key as apikey.")
    elif not user or user == config.USER_NAME:
        yield setup.finding('credentials', FAILURE, u"a password is given without a user",
                            u"Give the user, too; if this is an API key, give it as apikey.")
    elif u':' in ensure_text(user) or _AROUND.match(ensure_text(user)):
        yield _of_user(setup, ensure_text(user))
    elif _SIGNS_OF_KEYS.match(password):
        yield setup.finding('credentials', WARNING, u"the password looks like an API key",
                            u"Give an API key as apikey, without user and password.")
    elif password != password.strip():
        yield setup.finding('credentials', WARNING, u"there is white space around the password, "
                            u"which is sent with it", u"Take it out if it is not part of it.")


def _of_user(setup, user):
    """Return the finding of a user name that the service cannot know."""
    if u':' in user:
        return setup.finding('credentials', FAILURE, u"the user holds a colon, which ends the user "
                             u"where user and password are sent",
                             u"Give the user name alone, which is mostly an email address.")
    return setup.finding('credentials', WARNING, fill(
        u"there is white space or a quote around the user ({0}), which is sent with it", user),
        u"Take it out where the user comes from.")


def _of_secret_sources(setup):
    """Yield a key or password that was meant to be looked up, and is not where it stands."""
    for name, told in (('apikey', u'API key'), ('password', u'password')):
        secret = ensure_text(setup.values[name].reveal() or u'', errors='replace')
        if secret.startswith((HELPER, KEYRING)):
            yield setup.finding('credentials', WARNING, fill(
                u"the {0} names a {1}, and is sent as it is: only a profile of your own file has "
                u"it looked up", told, secret.partition(u':')[0]), fill(
                    u"Put it into a profile of '{0}'.",
                    profile_places(setup.environ.reveal())[0]))
