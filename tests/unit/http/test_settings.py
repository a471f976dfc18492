"""Timeouts, certificates and proxies: what the user says and what the environment says."""
from __future__ import absolute_import, division, print_function

import warnings

import pytest

from pyral.errors import ConfigError
from pyral.http.base_url import BaseUrl
from pyral.http.settings import proxies_for, timeout_pair, verification

HTTPS, HTTP = BaseUrl.parse('host'), BaseUrl.parse('http://host')


@pytest.mark.parametrize('value,pair', [
    (None, (1, 2)), (5, (5, 5)), (0.5, (0.5, 0.5)), ((3, 60), (3, 60)), ([3, 60], (3, 60)),
])
def test_a_timeout_is_seconds_or_a_pair(value, pair):
    assert timeout_pair(value, (1, 2)) == pair


@pytest.mark.parametrize('value', [0, -1, 'x', (1,), (1, None), True, float('inf'), (1, 2, 3)])
def test_what_would_not_end_a_wait_is_refused(value):
    with pytest.raises(ConfigError) as caught:
        timeout_pair(value, (1, 2))
    assert caught.value.field == 'timeout'


def no_bypass(url, no_proxy):
    """NO_PROXY covers nothing."""
    return False


@pytest.mark.parametrize('base_url,environ,proxies', [
    (HTTPS, {}, {}),
    (HTTPS, {'HTTPS_PROXY': 'host:1'}, {'https': 'http://host:1'}),
    (HTTPS, {'HTTPS_PROXY': 'http://u:p@host:1'}, {'https': 'http://u:p@host:1'}),
    (HTTPS, {'HTTPS_PROXY': 'a:1', 'https_proxy': 'b:2'}, {'https': 'http://a:1'}),
    (HTTPS, {'https_proxy': 'b:2', 'ALL_PROXY': 'c:3'}, {'https': 'http://b:2'}),
    (HTTPS, {'all_proxy': 'socks5://c:3'}, {'https': 'socks5://c:3'}),
    (HTTPS, {'HTTP_PROXY': 'a:1', 'HTTPS_PROXY': ''}, {}),
    (HTTP, {'HTTPS_PROXY': 'a:1'}, {}),
    (HTTP, {'http_proxy': 'a:1'}, {'http': 'http://a:1'}),
])
def test_the_proxy_of_the_scheme_is_taken_upper_case_first(base_url, environ, proxies):
    before = dict(environ)
    assert proxies_for(base_url, environ, no_bypass) == proxies
    assert environ == before


def test_no_proxy_is_honoured():
    asked = []

    def bypass(url, no_proxy):
        asked.append((url, no_proxy))
        return True

    environ = {'HTTPS_PROXY': 'a:1', 'no_proxy': '.corp'}
    assert proxies_for(HTTPS, environ, bypass) == {}
    assert asked == [('https://host', '.corp')]


@pytest.mark.parametrize('value', [True, 1, None])
def test_certificates_are_checked_with_the_bundle_of_the_environment(value, tmpdir):
    bundle = tmpdir.join('ca.pem')
    bundle.write('x')
    assert verification(value, {}) is True
    for name in ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE'):
        assert verification(value, {name: str(bundle)}) == str(bundle)


@pytest.mark.parametrize('value', [False, 0])
def test_off_by_name_beats_the_environment_and_warns_once(value, tmpdir):
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        assert verification(value, {'REQUESTS_CA_BUNDLE': str(tmpdir)}) is False
    assert len(heard) == 1 and 'verify_ssl_cert' in str(heard[0].message)


def test_a_path_is_taken_and_a_missing_one_named(tmpdir):
    assert verification(str(tmpdir), {}) == str(tmpdir)
    with pytest.raises(ConfigError) as caught:
        verification('/no/such.pem', {})
    assert "'/no/such.pem'" in caught.value.args[0]
    with pytest.raises(ConfigError) as caught:
        verification(True, {'REQUESTS_CA_BUNDLE': '/no/such.pem'})
    assert 'REQUESTS_CA_BUNDLE' in caught.value.args[0]


def test_true_as_text_is_explained():
    with pytest.raises(ConfigError) as caught:
        verification('False', {})
    assert 'without quotes' in caught.value.hint


def test_another_kind_of_value_is_refused():
    with pytest.raises(ConfigError):
        verification([], {})
