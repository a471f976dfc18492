"""The server a connection belongs to, and the guard that keeps requests to it."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral._compat import ensure_text, fill
from pyral.errors import ConfigError, RallyRESTAPIError, TransportError
from pyral.http.base_url import BaseUrl


@pytest.mark.parametrize('server,url', [
    ('rally1.rallydev.com', 'https://rally1.rallydev.com'),
    (u'Rally1.RallyDev.com', 'https://rally1.rallydev.com'),
    (b'host', 'https://host'),
    ('host/', 'https://host'),
    ('http://host:8010//', 'http://host:8010'),
    ('host:8443', 'https://host:8443'),
    ('host:443', 'https://host'),
    ('http://127.0.0.1:8010', 'http://127.0.0.1:8010'),
    ('HTTPS://host', 'https://host'),
    ('http://host:80', 'http://host'),
    ('[::1]:8010', 'https://[::1]:8010'),
    ('my_host', 'https://my_host'),
])
def test_a_server_is_read(server, url):
    assert BaseUrl.parse(server).url == url


@pytest.mark.parametrize('server,reason', [
    ('', 'empty'), (None, 'not NoneType'), (5, 'not int'),
    ('https://host/slm', "a path ('/slm')"),
    ('host?x=1', "a query"), ('host#x', "a fragment"), ('ftp://host', "scheme 'ftp'"),
    ('host:99999', "'99999' is not a port"), ('host:0', "'0' is not a port"),
    ('host:65536', "'65536' is not a port"), ('host:abc', "'abc' is not a port"),
    ('host:', "is not a port"), ('https://', "is not a host name"),
    ('https//host', "stands ://. Give host"), ('"host:1"', "quotes around it"),
    ('http:/host:1', "stands ://"), ('https://http://host', "two schemes in it"),
    ('::1', "IPv6 address stands in brackets"), ('http://fe80::1:80', "stands in brackets"),
    ('my host', "'my host' is not a host name"), ('user:secret@host', "user name"),
])
def test_anything_else_is_refused_naming_what_is_wrong(server, reason):
    with pytest.raises(ConfigError) as caught:
        BaseUrl.parse(server)
    assert isinstance(caught.value, RallyRESTAPIError) and reason in caught.value.hint
    shown = ensure_text(str(server)).replace(u'secret', u'***').replace(u'user:', u'')
    assert caught.value.args[0] == fill(
        "404 Target host: '{0}' is either not reachable or doesn't support the Rally WSAPI", shown)
    assert caught.value.field == 'server' and 'secret' not in ensure_text(str(caught.value))


def test_the_hint_shows_the_server_as_it_should_be():
    with pytest.raises(ConfigError) as caught:
        BaseUrl.parse('https://host:8443/slm')
    assert "'https://host:8443'" in caught.value.hint


@pytest.mark.parametrize('server,url,admitted', [
    ('host', 'https://host/slm/x?a=b', 'https://host/slm/x?a=b'),
    ('host', 'https://HOST:443/slm/x', 'https://host/slm/x'),
    ('host', 'http://host/slm/x', 'https://host/slm/x'),
    ('host', 'http://host:80/slm/x', 'https://host/slm/x'),
    ('host:8443', 'http://host:8443/x', 'https://host:8443/x'),
    ('http://h:8010', 'http://h:8010/x#f', 'http://h:8010/x'),
    ('[::1]:8010', 'https://[::1]:8010/x', 'https://[::1]:8010/x'),
])
def test_addresses_of_the_server_are_admitted_and_http_is_lifted(server, url, admitted):
    assert BaseUrl.parse(server).admit(url) == admitted


@pytest.mark.parametrize('server,url', [
    ('host', 'https://evil/x'), ('host', 'https://host.evil/x'), ('host', 'https://host:444/x'),
    ('host', 'https://u:p@host/x'), ('host', 'ftp://host/x'), ('http://h:8010', 'http://h:8011/x'),
    ('http://h:8010', 'https://h:8010/x'), ('http://h', 'https://h/x'),
    ('host', 'https://host@evil/x'), ('host', 'https://evil\\@host/x'), ('host', 'https://host:x/'),
    ('host', 'http://host:8080/x'),
])
def test_addresses_elsewhere_are_refused_naming_both(server, url):
    base_url = BaseUrl.parse(server)
    with pytest.raises(TransportError) as caught:
        base_url.admit(url)
    assert caught.value.kind == 'foreign'
    assert base_url.url in caught.value.args[0] and ':p@' not in str(caught.value)
