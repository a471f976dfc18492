"""Clients of others, unchanged: the vendor's Node.js toolkit, and pages in a real browser.

The toolkit comes from npm and is used by its public functions only. What a machine lacks skips its
tests with the name of what to install.
"""

from __future__ import annotations

import http.client
import json

import pytest

from pyral.emulator import Emulator
from pyral.emulator.store.reading import of_type
from tests.contract import foreign_programs
from tests.contract.small_world import NOW, WORLD, path_of
from tests.threads import GUARD_S

WITH_KEY = "{apiKey: env.RALLY_KEY, server: env.RALLY_URL}"
WITH_PASSWORD = (
    "{user: env.RALLY_USER, pass: env.RALLY_PASSWORD, server: env.RALLY_URL, "
    "requestOptions: {jar: true}}"
)
TOOLKIT = """
const env = process.env, rally = require('rally');
const api = rally(%(login)s), where = rally.util.query.where, ref = rally.util.ref;
async function main() {
%(steps)s
}
main().then(told => console.log(JSON.stringify(told)),
            error => { console.error(error.message || error, error.errors); process.exit(1); });
"""


@pytest.fixture(params=['api key', 'password'])
def toolkit(request, listening, http_api):
    """Run steps with the vendor's toolkit and return what they return."""
    login = WITH_KEY if request.param == 'api key' else WITH_PASSWORD

    def run(steps):
        return foreign_programs.run_node(
            TOOLKIT % {'login': login, 'steps': steps},
            RALLY_URL=listening.url,
            RALLY_KEY=listening.apikey,
            RALLY_USER=listening.user,
            RALLY_PASSWORD=listening.password,
        )

    return run


@pytest.mark.fact('A.3', '2.1', '3.3')
def test_the_toolkit_queries_all_pages_in_order(toolkit, http_api):
    for number in range(7):
        http_api.create('defect', Name='bulk {}'.format(number))
    told = toolkit("""
        const found = await api.query({
            type: 'defect', fetch: ['FormattedID', 'Name'], order: 'Name DESC', pageSize: 3,
            limit: Infinity, query: where('Name', 'contains', 'bulk')});
        return [found.TotalResultCount, found.Results.map(row => row.Name)];""")
    assert told == [7, ['bulk {}'.format(number) for number in range(6, -1, -1)]]


@pytest.mark.fact('A.3', '14')
def test_the_toolkit_queries_in_the_scope_of_a_project(toolkit, http_api):
    told = toolkit(
        """
        const scope = down => ({project: '%s', up: false, down: down});
        const names = [];
        for (const down of [true, false]) {
            const found = await api.query({type: 'defect', fetch: ['Name'], order: 'Name',
                                           scope: scope(down)});
            names.push(found.Results.map(row => row.Name));
        }
        return names;"""
        % path_of(http_api.project)
    )
    bug = 'Sign in fails for names with umlauts'
    assert told == [[bug, 'Typo on the start page'], [bug]]


@pytest.mark.fact('A.3', '4.3', '4.4', '4.5', '8.1')
def test_the_toolkit_creates_reads_updates_and_deletes(toolkit, http_api):
    told = toolkit(
        """
        const made = await api.create({
            type: 'defect', fetch: ['FormattedID', 'State'],
            data: {Name: 'from \\u65e5\\u672c', Project: ref.getRelative('%s')}});
        const read = await api.get({ref: made.Object, fetch: ['Name', 'Project']});
        const changed = await api.update({
            ref: ref.getRelative(made.Object), data: {Name: 'changed', State: 'Open'},
            fetch: ['Name', 'State']});
        const gone = await api.del({ref: made.Object});
        let missing = null;
        await api.get({ref: made.Object}).catch(error => { missing = error.errors; });
        return [made.Object.FormattedID, read.Object.Name, read.Object.Project._refObjectName,
                changed.Object.Name, changed.Object.State, gone.Errors, missing];
        """
        % http_api.project['_ref']
    )
    assert told == [
        'DE10',
        'from \u65e5\u672c',
        'Team A',
        'changed',
        'Open',
        [],
        ['Cannot find object to read'],
    ]


@pytest.mark.fact('A.3', '7.2', '7.3')
def test_the_toolkit_adds_and_removes_members(toolkit, http_api):
    defect = http_api.create('defect', Name='to tag')
    tag = http_api.named('tag', 'legal')
    told = toolkit(
        """
        const owner = {ref: '%s', collection: 'Tags'};
        const added = await api.add({...owner, fetch: ['Name'],
                                     data: [{_ref: '%s'}, {Name: 'fresh'}]});
        const first = await api.get({ref: owner.ref, fetch: ['Tags']});
        await api.remove({...owner, data: [{_ref: '%s'}]});
        const then = await api.get({ref: owner.ref, fetch: ['Tags']});
        return [added.Results.map(row => row.Name), first.Object.Tags.Count,
                then.Object.Tags.Count];"""
        % (path_of(defect), path_of(tag), path_of(tag))
    )
    assert told == [['legal', 'fresh'], 2, 1]
    assert [row['Name'] for row in http_api.members(defect, 'Tags')] == ['fresh']


@pytest.mark.fact('A.3', '11')
def test_the_toolkit_ranks(toolkit, http_api):
    items = [http_api.create('defect', Name='rank {}'.format(number)) for number in range(3)]
    told = toolkit(
        """
        const update = (ref, qs) => api.update({ref: ref, data: {}, requestOptions: {qs: qs}});
        await update('%s', {rankTo: 'TOP'});
        await update('%s', {rankAbove: '%s'});
        const found = await api.query({type: 'defect', fetch: ['Name'], order: 'Rank',
                                       query: where('Name', 'contains', 'rank')});
        return found.Results.map(row => row.Name);
        """
        % (path_of(items[2]), path_of(items[1]), path_of(items[0]))
    )
    assert told == ['rank 2', 'rank 1', 'rank 0']


@pytest.mark.fact('A.3', '5.9', '16')
def test_the_toolkit_is_told_of_errors(toolkit):
    told = toolkit("""
        const told = [], tell = error => { told.push(error.errors); };
        await api.query({type: 'defect', query: '(Name zobolts 1)'}).catch(tell);
        await api.create({type: 'defect', data: {Severity: 'Terrible'}}).catch(tell);
        return told;""")
    assert told[0] == ['Could not parse: Unknown operator "zobolts"']
    assert len(told[1]) == 2 and all(
        text.startswith('Validation error: Defect.') for text in told[1]
    )


@pytest.mark.fact('2.3')
def test_the_toolkit_is_refused_with_a_wrong_key(listening, http_api):
    told = foreign_programs.run_node(
        TOOLKIT
        % {
            'login': WITH_KEY,
            'steps': """
        let status = 'let in';
        await api.query({type: 'defect'}).catch(error => { status = String(error.errors); });
        return status;""",
        },
        RALLY_URL=listening.url,
        RALLY_KEY='_wrong',
    )
    assert '401' in told or 'incorrect' in told


# A browser, with pages of another origin


SIGN_IN = """<html><body><pre id="told">nothing</pre>
<script>
var told = document.getElementById('told');
// The user is logged in: the browser holds the cookie of a session.
function signedIn(then) {
    var login = new XMLHttpRequest();
    login.withCredentials = true;
    login.open('GET', '%(url)s/slm/webservice/v2.0/user');
    login.setRequestHeader('Authorization', 'Basic ' + btoa('%(user)s:%(password)s'));
    login.onload = then;
    login.send();
}
function load(address, then) {
    var script = document.createElement('script');
    script.type = 'text/javascript';
    script.src = address;
    script.onload = then;
    document.body.appendChild(script);
}
%(script)s
</script></body></html>"""
JSONP = """
function callBack(answer) {
    told.textContent = answer.QueryResult.Results[0]._refObjectName;
}
signedIn(function () {
    load('%s/slm/webservice/v2.0/%s', function () { %s });
});"""
CORS = """
function ask() {
    var myRequest = new XMLHttpRequest();
    myRequest.withCredentials = true;
    myRequest.open('%(method)s', '%(address)s');
    %(headers)s
    myRequest.onreadystatechange = function () {
        if (this.readyState == 4) {
            told.textContent = this.status + ' ' + this.responseText;
        }
    };
    myRequest.send(%(body)s);
}
%(start)s;"""


def page_with(listening, script):
    """Return a page whose script may call `signedIn(then)` and shows things in `told`."""
    return SIGN_IN % {
        'url': listening.url,
        'user': listening.user,
        'script': script,
        'password': listening.password,
    }


def seen(**documents):
    """Return what a page from another origin shows under `told`, once its scripts are done."""
    with foreign_programs.pages(**documents) as origin:
        return foreign_programs.element(foreign_programs.browser(origin + '/page'), 'told')


@pytest.mark.fact('rest/jsonp-js', '15')
def test_a_page_elsewhere_gets_an_answer_by_jsonp(listening, http_api):
    path = 'defect.js?query=(State%20=%20Open)&jsonp=callBack'
    page = page_with(listening, JSONP % (listening.url, path, ''))
    assert seen(page=page) == 'Sign in fails for names with umlauts'


@pytest.mark.fact('rest/jsonp-variable', '15')
def test_a_page_elsewhere_gets_a_variable_by_jsonp(listening, http_api):
    path = 'defect?query=(State%20=%20Open)&jsonp=var%20response%20%3D'
    page = page_with(listening, JSONP % (listening.url, path, 'callBack(response)'))
    assert seen(page=page) == 'Sign in fails for names with umlauts'


BOTH = """
function callBack(answer) { told.textContent += ' ' + answer.QueryResult.TotalResultCount; }
function read(path, then) {
    var asked = new XMLHttpRequest();
    asked.withCredentials = true;
    asked.open('GET', '%(url)s/slm/webservice/v2.0/' + path);
    asked.onload = function () { told.textContent += ' ' + asked.responseText.length; then(); };
    asked.onerror = function () { told.textContent += ' none'; then(); };
    asked.send();
}
told.textContent = '';
signedIn(function () {
    read('user', function () {
        var address = '%(url)s/slm/webservice/v2.0/project.js?jsonp=callBack';
        load(address, function () { told.textContent += ' loaded'; });
    });
});"""


@pytest.mark.fact('15', '2.1')
@pytest.mark.parametrize('listed', ['', 'apps.example.com'])
def test_over_https_a_page_of_another_site_has_the_session_if_it_may_read(listed):
    """Names differ here, so that for the browser it is another site and not only another port."""
    with Emulator(world=WORLD, now=NOW, tls=True) as emulator:
        with emulator.store.writing() as tx:
            (row,) = of_type(tx, 'Subscription')
            tx.update(row.oid, doc={**row.doc, 'CORSAllowedDomains': listed})
        document = page_with(emulator, BOTH % {'url': emulator.url})
        with foreign_programs.pages(page=document) as origin:
            page = foreign_programs.browser(
                origin.replace('127.0.0.1', 'localhost') + '/page',
                '--ignore-certificate-errors',
                preferences=foreign_programs.THIRD_PARTY_COOKIES,
            )
        told = foreign_programs.element(page, 'told').split()
        entries = [entry for entry in emulator.requests() if entry.method == 'GET']
        if listed:
            assert told == []
        else:
            assert [entry.auth for entry in entries] == ['basic', 'cookie', 'cookie']
            assert int(told[0]) > 100 and told[1:] == ['5', 'loaded'], told


def cors_page(listening, address, method='GET', body='null', start='ask()', **headers):
    """Return a page that asks an address and shows status and text."""
    lines = [
        "myRequest.setRequestHeader('{}', '{}');".format(name.replace('_', '-'), value)
        for name, value in headers.items()
    ]
    return page_with(
        listening,
        CORS
        % {
            'address': address,
            'method': method,
            'body': body,
            'start': start,
            'headers': ' '.join(lines),
        },
    )


@pytest.mark.fact('rest/cors', '15')
def test_a_page_elsewhere_reads_a_theme_with_a_key(listening, http_api):
    theme = http_api.named('portfolioitem/theme', 'Growth')
    text = seen(page=cors_page(listening, theme['_ref'], ZSESSIONID=listening.apikey))
    status, _, body = text.partition(' ')
    assert status == '200'
    assert json.loads(body)['Theme']['Name'] == 'Growth'


@pytest.mark.fact('rest/cors', '15', '2.1')
def test_a_page_elsewhere_uses_the_session_of_the_browser(listening, http_api):
    theme = http_api.named('portfolioitem/theme', 'Growth')
    page = cors_page(listening, theme['_ref'], start='signedIn(ask)')
    assert seen(page=page).startswith('200 {"Theme": ')


@pytest.mark.fact('15')
def test_a_page_elsewhere_writes_after_a_preflight(listening, http_api):
    address = '{}/slm/webservice/v2.0/tag/create'.format(listening.url)
    body = "JSON.stringify({Tag: {Name: 'from a page'}})"
    text = seen(
        page=cors_page(
            listening,
            address,
            'PUT',
            body,
            ZSESSIONID=listening.apikey,
            Content_Type='application/json',
        )
    )
    assert text.startswith('200 ')
    assert http_api.named('tag', 'from a page')


@pytest.mark.fact('15')
def test_a_page_of_an_origin_that_is_not_allowed_reads_nothing(listening, http_api):
    subscription = http_api.get('/subscription')
    with listening.store.writing() as tx:
        row = tx.get(subscription['ObjectID'])
        tx.update(row.oid, doc={**row.doc, 'CORSAllowedDomains': 'only.example.com'})
    page = cors_page(listening, subscription['_ref'], ZSESSIONID=listening.apikey)
    assert seen(page=page) == '0 '


@pytest.fixture
def browse(listening, http_api):
    """Open a page of the object browser as the administrator."""

    def opened(path, *options):
        return foreign_programs.browser(
            listening.url + path, *options, user='{0.user}:{0.password}'.format(listening)
        )

    return opened


@pytest.mark.fact('rest/browse', '15')
def test_the_object_browser_leads_from_the_subscription_to_an_object(listening, http_api, browse):
    start = browse('/')
    assert 'Small Company' in start and 'Ann Admin' in start
    main = http_api.named('workspace', 'Main')
    defect = http_api.named('defect', 'Sign in fails for names with umlauts')
    pages = [
        (
            '/browse/subscription/{}/Workspaces'.format(http_api.get('/subscription')['ObjectID']),
            '/browse' + path_of(main),
        ),
        (
            '/browse/workspace/{}/Projects'.format(main['ObjectID']),
            '/browse' + path_of(http_api.project),
        ),
        ('/browse/defect', '/browse' + path_of(defect)),
        ('/browse' + path_of(defect), '/browse' + path_of(http_api.project)),
    ]
    for path, link in pages:
        assert 'href="{}"'.format(link) in browse(path), path


@pytest.mark.fact('15')
def test_the_object_browser_runs_no_script_that_a_name_brings(listening, http_api, browse):
    name = 'x"></title><script>document.title = "run"</script><img src=x onerror="alert(1)">'
    defect = http_api.create('defect', Name='plain')
    # The service refuses such a name; data from elsewhere may hold it all the same.
    with listening.store.writing() as tx:
        tx.update(defect['ObjectID'], name=name)
    for path in ('/browse' + path_of(defect), '/browse/defect'):
        page = browse(path)
        assert '<script' not in page and '<img' not in page
        assert '&lt;script&gt;' in page and '<title>run' not in page


@pytest.mark.fact('15')
def test_the_object_browser_can_be_photographed(browse, tmp_path):
    picture = tmp_path / 'page.png'
    browse(
        '/browse/hierarchicalrequirement',
        '--screenshot={}'.format(picture),
        '--window-size=1200,900',
    )
    assert picture.read_bytes()[:8] == b'\x89PNG\r\n\x1a\n'
    # A page that could not be drawn compresses to next to nothing.
    assert picture.stat().st_size > 20000


@pytest.mark.fact('15')
def test_the_object_browser_needs_a_login(listening):
    connection = http.client.HTTPConnection(*listening.server.split(':'), timeout=GUARD_S)
    connection.request('GET', '/')
    response = connection.getresponse()
    assert (response.status, response.getheader('WWW-Authenticate')) == (
        401,
        'Basic realm="Rally ALM"',
    )
    connection.close()
