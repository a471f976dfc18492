"""TLS, proxies and netrc with real sockets: certificates, tunnels, refusals, and who sees what."""

from __future__ import annotations

import datetime
import ipaddress
import pickle
import ssl
import warnings
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from pyral import (
    AuthenticationError,
    ConnectFailed,
    PyralError,
    Rally,
    RallyRESTAPIError,
    RetryPolicy,
    TransportError,
)
from pyral.emulator import Emulator
from pyral.http import certificates
from pyral.http.network_failures import Failure, transport_error
from tests.contract.forward_proxy import ForwardProxy
from tests.emulated import WORLD
from tests.peers import Scripted
from tests.threads import GUARD_S

pytestmark = pytest.mark.usefixtures('bare_environment')


def emulator_with(**options):
    return Emulator(world=WORLD, **options)


@pytest.fixture(scope='module')
def secure():
    """An emulator that speaks TLS, with an authority nobody trusts by default."""
    with emulator_with(tls=True) as emulator:
        yield emulator


@pytest.fixture(scope='module')
def plain():
    """An emulator that listens without TLS."""
    with emulator_with() as emulator:
        yield emulator


def connect(emulator, server=None, **options):
    options.setdefault('retry', RetryPolicy(base_s=0.0, cap_s=0.0))
    return Rally(server or emulator.url, apikey=emulator.apikey, warn=False, **options)


def refused(emulator, **options):
    """Return the error of a connection that does not come about; it must travel in a pickle."""
    before = len(emulator.requests())
    with pytest.raises(TransportError) as caught:
        connect(emulator, **options)
    error = pickle.loads(pickle.dumps(caught.value))
    assert str(error) == str(caught.value) and caught.value.cause is not None
    assert error.method == 'GET' and '/slm/webservice/v2.0/user' in error.url
    assert len(emulator.requests()) == before, "a server that must not be asked was asked"
    return error


# TLS


def test_reads_and_writes_go_over_tls_with_the_authority_named(secure):
    rally = Rally(
        secure.url,
        secure.user,
        secure.password,
        warn=False,
        verify_ssl_cert=secure.certificate.trusted,
    )
    made = rally.create('Tag', {'Name': 'over TLS'})
    assert made._ref.startswith('https://') and secure.url.startswith('https://')
    assert [tag.Name for tag in rally.get('Tag', query='Name = "over TLS"')] == ['over TLS']


@pytest.mark.parametrize('variable', ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
def test_the_environment_names_the_authority(secure, monkeypatch, variable):
    monkeypatch.setenv(variable, secure.certificate.trusted)
    assert connect(secure).getWorkspace().Name == secure.workspace


def test_an_authority_nobody_trusts_is_refused_before_any_credential_leaves(secure):
    error = refused(secure)
    assert isinstance(error, ConnectFailed) and error.kind == 'tls'
    assert error.args[0] == 'SSL certificate verification failed'
    assert 'verify_ssl_cert' in error.hint and 'certificate' in error.hint


def test_a_bundle_that_lacks_the_authority_is_no_help(secure, tmp_path):
    other = tmp_path / 'other.pem'
    trustme.CA().cert_pem.write_to_path(str(other))
    assert refused(secure, verify_ssl_cert=str(other)).kind == 'tls'


#: What is wrong with a certificate -> names in it, days it is valid from and to, and advice.
WRONG = {
    certificates.EXPIRED: (['127.0.0.1'], -9, -1, 'must renew it'),
    certificates.EARLY: (['127.0.0.1'], 1, 9, 'check the clock of this machine'),
    certificates.HOST: (['rally.acme.example'], -9, 9, 'by the name that its certificate has'),
    certificates.SELF_SIGNED: (['127.0.0.1'], -9, 9, 'give it with verify_ssl_cert=<file>'),
    certificates.AUTHORITY: (['127.0.0.1'], -9, 9, 'the certificates of your organisation'),
}


@pytest.fixture(params=sorted(WRONG))
def wrong(request, tmp_path):
    """An emulator with a wrong certificate: the reason, and the options of a connection."""
    names, start, end, advice = WRONG[request.param]
    now = datetime.datetime.now(datetime.timezone.utc)
    start, end = (now + datetime.timedelta(days=days) for days in (start, end))
    paths = [str(tmp_path / name) for name in ('server.pem', 'server.key', 'trusted.pem')]
    trusted = trustme.CA()
    if request.param == certificates.SELF_SIGNED:
        self_signed(paths, start, end)
    else:
        signer = trustme.CA() if request.param == certificates.AUTHORITY else trusted
        issued = signer.issue_cert(*names, not_before=start, not_after=end)
        issued.cert_chain_pems[0].write_to_path(paths[0])
        issued.private_key_pem.write_to_path(paths[1])
    trusted.cert_pem.write_to_path(paths[2])
    with emulator_with(tls=(paths[0], paths[1])) as emulator:
        yield request.param, advice, emulator, paths


def self_signed(paths, start, end):
    """Write a certificate that its own key signed, and the key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    address = x509.IPAddress(ipaddress.ip_address('127.0.0.1'))
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), start, end
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    Path(paths[0]).write_bytes(pem)
    Path(paths[1]).write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def test_an_error_of_tls_says_what_is_wrong_with_the_certificate_and_what_to_do(wrong):
    reason, advice, emulator, paths = wrong
    error = refused(emulator, verify_ssl_cert=paths[2])
    assert error.kind == 'tls' and error.args[0] == 'SSL certificate verification failed'
    words = {certificates.AUTHORITY: 'not trusted here'}.get(reason, reason)
    assert words in error.hint and advice in error.hint
    others = [each for each in WRONG if each != reason]
    assert not any(WRONG[each][3] in error.hint for each in others)
    assert error.kind == 'tls' and not error.outcome_unknown


@pytest.mark.filterwarnings('ignore:ssl.match_hostname')
def test_where_python_gives_no_reason_the_certificate_shows_it(wrong):
    reason, _, emulator, _ = wrong
    before = len(emulator.requests())
    seen = certificates.reason_seen('127.0.0.1', int(emulator.url.rpartition(':')[2]), GUARD_S)
    # Without `match_hostname`, every Python gives the reason itself.
    told = reason if hasattr(ssl, 'match_hostname') else certificates.AUTHORITY
    assert seen == (told if reason == certificates.HOST else reason)
    assert len(emulator.requests()) == before


def test_where_nothing_can_be_seen_the_possible_reasons_are_named():
    with Scripted(b'no TLS') as peer:
        port = int(peer.url.rpartition(':')[2])
        assert certificates.reason_seen('127.0.0.1', port, GUARD_S) is None
    error = transport_error(
        Failure('tls', True), 'h', IOError('certificate verify failed'), False, look=lambda: None
    )
    for reason in WRONG:
        assert reason.replace('here', '').strip() in error.hint


@pytest.mark.parametrize('way', ['127.0.0.1:{0}', 'https://127.0.0.1:{0}'])
def test_a_server_that_speaks_plain_http_is_told_with_how_to_write_it(plain, way):
    port = plain.url.rpartition(':')[2]
    error = refused(plain, server=way.format(port))
    assert error.kind == 'tls' and f"'http://127.0.0.1:{port}'" in error.hint
    assert 'plain http' in error.hint and 'verify_ssl_cert' not in error.hint


def test_verification_is_off_only_by_name_and_warns_once(secure):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        rally = connect(secure, verify_ssl_cert=False)
        for _ in range(3):
            assert not rally.get('Defect', limit=1).errors
    told = [str(each.message) for each in heard]
    assert len(told) == 1 and 'certificates are not checked' in told[0]


def test_the_configured_host_spelled_with_http_is_lifted_to_https(secure):
    rally = connect(secure, verify_ssl_cert=secure.certificate.trusted)
    ref = next(rally.get('Defect', limit=1))._item['_ref'].replace('https:', 'http:')
    assert rally._transport.get(ref).errors == []
    assert not rally.getCollection(ref + '/Tasks').errors
    plain = secure.url.replace('https:', 'http:') + '/slm/webservice/v2.0/defects'
    secure.order_fault('status', status=302, path='defect$', headers={'Location': plain})
    assert rally.get('Defect', limit=1).errors == []


def test_a_server_given_with_http_is_not_asked_with_https(secure):
    with pytest.raises(PyralError) as caught:
        connect(secure, server=secure.url.replace('https:', 'http:'))
    assert isinstance(caught.value, TransportError) and caught.value.kind == 'reset'
    assert 'https' in caught.value.hint


# Proxies


def through(monkeypatch, scheme, proxy, credentials=''):
    monkeypatch.setenv(scheme.upper() + '_PROXY', 'http://{}{}'.format(credentials, proxy.netloc))


def test_a_proxy_with_a_password_passes_plain_requests_on(plain, monkeypatch):
    with ForwardProxy('us er:p@ss/word') as proxy:
        through(monkeypatch, 'http', proxy, 'us%20er:p%40ss%2Fword@')
        rally = connect(plain)
        assert rally.create('Tag', {'Name': 'by proxy'}).Name == 'by proxy'
        assert len(proxy.heads) == rally.requests_made
        assert all('\r\nProxy-Authorization: Basic ' in head for head in proxy.heads)


def test_a_tunnel_shows_the_proxy_no_credentials_and_the_service_none_of_the_proxy(
    secure, monkeypatch
):
    with ForwardProxy('u:proxy-pass') as proxy:
        through(monkeypatch, 'https', proxy, 'u:proxy-pass@')
        rally = connect(secure, verify_ssl_cert=secure.certificate.trusted)
        assert not rally.get('Defect', limit=1).errors
    assert [head.split()[0] for head in proxy.heads] == ['CONNECT']
    assert secure.apikey not in ''.join(proxy.heads)
    assert 'proxy-authorization' not in repr(secure.requests()).lower()


def test_a_tunnel_does_not_make_a_wrong_certificate_right(secure, monkeypatch):
    with ForwardProxy() as proxy:
        through(monkeypatch, 'https', proxy)
        assert refused(secure).kind == 'tls'


@pytest.mark.parametrize('refusal, told', [(None, '407'), ('403 Forbidden', '403')])
def test_a_proxy_that_refuses_the_tunnel_is_told_as_the_proxy(secure, monkeypatch, refusal, told):
    with ForwardProxy('u:right', refusal) as proxy:
        through(monkeypatch, 'https', proxy, 'u:proxy-pass-wrong@')
        error = refused(secure, verify_ssl_cert=secure.certificate.trusted)
    assert error.kind == 'proxy' and isinstance(error, ConnectFailed)
    assert told in error.args[0] and 'HTTPS_PROXY' in error.hint and proxy.netloc in str(error)
    assert 'proxy-pass-wrong' not in str(error) + repr(error.__dict__)


def test_a_proxy_that_asks_for_a_password_is_told_as_such_for_plain_requests(plain, monkeypatch):
    with ForwardProxy('u:right') as proxy:
        through(monkeypatch, 'http', proxy, 'u:proxy-pass-wrong@')
        with pytest.raises(RallyRESTAPIError) as caught:
            connect(plain)
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.status_code == 407 and not isinstance(error, AuthenticationError)
    assert 'The proxy asks for' in error.hint and 'proxy-pass-wrong' not in str(error)
    assert len(proxy.heads) == 1


@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_a_proxy_that_is_down_is_told_as_the_proxy(plain, secure, monkeypatch, scheme):
    with ForwardProxy() as proxy:
        pass
    through(monkeypatch, scheme, proxy, 'u:proxy-pass-down@')
    error = refused(plain if scheme == 'http' else secure)
    assert error.kind == 'proxy' and proxy.netloc in str(error)
    assert 'proxy-pass-down' not in str(error) + repr(error.__dict__)


def test_a_server_that_no_proxy_names_is_asked_directly(plain, monkeypatch):
    with ForwardProxy(refusal='502 Bad Gateway') as proxy:
        through(monkeypatch, 'http', proxy)
        monkeypatch.setenv('NO_PROXY', 'localhost,127.0.0.1')
        assert connect(plain).requests_made > 0
    assert proxy.heads == []


# netrc


def write_netrc(monkeypatch, tmp_path, text):
    path = Path(tmp_path) / 'netrc'
    path.write_text(text)
    path.chmod(0o600)
    monkeypatch.setenv('NETRC', str(path))


def test_netrc_signs_in_where_nothing_is_given(plain, monkeypatch, tmp_path):
    write_netrc(
        monkeypatch,
        tmp_path,
        'machine 127.0.0.1 login {} password {}\n'.format(plain.user, plain.password),
    )
    rally = Rally(plain.url, warn=False)
    assert rally.getUserInfo(username=plain.user)[0].UserName == plain.user
    assert rally.create('Tag', {'Name': 'by netrc'}).Name == 'by netrc'


def test_netrc_is_left_alone_where_credentials_are_given(plain, monkeypatch, tmp_path):
    write_netrc(monkeypatch, tmp_path, 'machine 127.0.0.1 login nobody password wrong-word\n')
    assert connect(plain).getWorkspace().Name == plain.workspace
    assert Rally(plain.url, plain.user, plain.password, warn=False).requests_made > 0
    with pytest.raises(AuthenticationError) as caught:
        Rally(plain.url, warn=False)
    assert 'wrong-word' not in str(caught.value)
