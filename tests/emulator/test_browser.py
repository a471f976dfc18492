"""The object browser: pages of links, without scripts, with everything escaped."""

import html
import json
import re
from html.parser import HTMLParser

import pytest


class Page(HTMLParser):
    """Collects what a test asks of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.text = [], [], ''
        self.hidden = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        if values.get('type') == 'hidden':
            self.hidden.append((values['name'], values['value']))
        if tag == 'a':
            self.links.append(values.get('href'))
        assert not [name for name in values if name.startswith('on')]

    def handle_data(self, data):
        self.text += data


def page(service, path, **params):
    response = service.send('GET', path, **params)
    assert response.status_code == 200
    assert response.headers['Content-Type'] == 'text/html; charset=utf-8'
    assert "default-src 'none'" in response.headers['Content-Security-Policy']
    return Page(response.text)


def test_the_front_page_is_the_subscription_and_says_who_is_logged_in(service):
    front = page(service, '/')
    assert 'Tiny Inc' in front.text and 'logged in as' in front.text and 'Ada' in front.text
    assert '/browse/Subscription/{}/Workspaces'.format(service.oid('sub')) in front.links
    assert 'script' not in front.tags


def test_a_browser_is_asked_for_a_password(service):
    response = service.other(headers={}).send('GET', '/')
    assert response.status_code == 401
    assert response.headers['WWW-Authenticate'].startswith('Basic')


@pytest.mark.fact('15', 'rest/browse')
def test_every_link_from_the_subscription_down_leads_somewhere(service):
    seen, waiting = set(), ['/']
    while waiting and len(seen) < 120:
        path = waiting.pop(0)
        if path in seen or not path.startswith(('/browse', '/')) or path.startswith('/slm'):
            continue
        seen.add(path)
        found = page(service, path)
        assert 'class="error"' not in found.text, path
        waiting += [link for link in found.links if link and link.startswith('/')]
    assert any('/browse/project/' in path for path in seen)
    assert len(seen) > 60


@pytest.mark.fact('15')
def test_a_list_has_a_query_box_paging_and_the_json_beside_it(service):
    found = page(service, '/browse/hierarchicalrequirement', pagesize=2, order='Name')
    assert '1 to 2 of 3' in found.text
    after = [link for link in found.links if link and 'start=3' in link]
    assert len(after) == 1 and 'order=Name' in after[0] and 'pagesize=2' in after[0]
    assert (
        '3 to 3 of 3'
        in page(service, '/browse/hierarchicalrequirement?' + after[0].partition('?')[2]).text
    )
    json_link = next(link for link in found.links if '/slm/webservice/' in link)
    assert service.session.get(json_link).json()['QueryResult']['PageSize'] == 2


def test_a_refused_query_shows_its_error_in_the_page(service):
    response = service.send('GET', '/browse/defect', query='(Bogus = 1) <script>')
    assert 'Could not parse' in response.text and '<script' not in response.text
    assert 'value="(Bogus = 1) &lt;script&gt;"' in response.text


@pytest.mark.parametrize(
    'path',
    [
        '/browse/defect/1',
        '/browse/bogus',
        '/browse/bogus/1',
        '/browse/defect/{bug}/Bogus',
        '/browse?type=bogus',
    ],
)
def test_what_is_not_there_is_said_in_the_page(service, path):
    response = service.send('GET', path.format(**service.tiny.oids))
    assert response.status_code == 200 and 'class="error"' in response.text


@pytest.mark.fact('15')
def test_names_texts_and_values_are_escaped(service):
    evil = '"><script>alert(1)</script>'
    with service.app.store.writing() as tx:
        bug = tx.get(service.oid('bug'))
        tx.update(bug.oid, name=evil, doc={**bug.doc, 'Description': evil, 'State': evil})
        tag = tx.get(service.oid('red'))
        tx.update(tag.oid, name=evil)
    for path in (
        '/browse/defect',
        '/browse/defect/{bug}',
        '/browse/defect/{bug}/Tags',
        '/browse/tag/{red}',
        '/browse/' + 'x"><script>',
    ):
        response = service.send('GET', path.format(**service.tiny.oids))
        assert '<script' not in response.text


def test_an_object_shows_attributes_references_and_collections(service):
    found = page(service, '/browse/hierarchicalrequirement/{}'.format(service.oid('story')))
    assert '/browse/user/{}'.format(service.oid('ada')) in found.links
    assert '/browse/HierarchicalRequirement/{}/Tasks'.format(service.oid('story')) in found.links
    assert '<b>Type</b> a name' in found.text and 'US1' in found.text
    assert re.search('East.*Mid', found.text, re.DOTALL)


@pytest.mark.fact('15')
@pytest.mark.parametrize('path', ['defect/{bug}', 'hierarchicalrequirement/{story}', 'user/{ada}'])
def test_the_json_beside_an_object_is_what_a_client_gets(service, path):
    path = path.format(**service.tiny.oids)
    shown = beside(service, '/browse/' + path)
    assert shown == service.send('GET', '/' + path).json()


@pytest.mark.fact('15')
def test_the_json_below_a_list_is_what_its_link_answers(service):
    found = page(service, '/browse/hierarchicalrequirement', pagesize=2, start=2, order='Name')
    json_link = next(link for link in found.links if '/slm/webservice/' in link)
    shown = beside(service, '/browse/hierarchicalrequirement', pagesize=2, start=2, order='Name')
    assert shown == service.session.get(json_link).json()
    assert len(shown['QueryResult']['Results']) == 2


def beside(service, path, **params):
    (text,) = re.findall('<pre>(.*?)</pre>', service.send('GET', path, **params).text, re.DOTALL)
    return json.loads(html.unescape(text))


def test_what_one_wants_to_know_comes_first(service):
    text = service.send('GET', '/browse/defect/{}'.format(service.oid('bug'))).text
    labels = re.findall('<th scope="row"[^>]*>([^<]+)', text)
    assert labels.index('State') < labels.index('Creation Date') < labels.index('Object ID')
    assert re.search(r'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC', text)


def test_rich_text_is_shown_without_its_tags_and_still_escaped(service):
    with service.app.store.writing() as tx:
        bug = tx.get(service.oid('bug'))
        tx.update(bug.oid, doc={**bug.doc, 'Description': '<p>one</p><p>2 &lt; 3 &amp;lt;b></p>'})
    text = service.send('GET', '/browse/defect/{}'.format(bug.oid)).text
    assert re.search('>one\n2 &lt; 3 &amp;lt;b&gt;<', text)


@pytest.mark.parametrize(
    ('place', 'names'), [('project/{mid}', {'Log in'}), ('workspace/{west}', {'Far away'})]
)
def test_a_place_leads_to_lists_of_what_is_in_it(service, place, names):
    place = place.format(**service.tiny.oids)
    kind = 'defect' if 'workspace' in place else 'hierarchicalrequirement'
    links = page(service, '/browse/' + place).links
    (link,) = [one for one in links if one and one.startswith('/browse/{}?'.format(kind))]
    params = {'query': '(Name contains a)', 'pagesize': '1'} if kind == 'defect' else {}
    found = page(service, link, **params)
    assert all(name in found.text for name in names) and 'Side story' not in found.text
    (scope,) = [value for name, value in found.hidden if name in ('project', 'workspace')]
    assert scope == '/' + place


@pytest.mark.parametrize(
    'path',
    [
        '/browse/defect?workspace=garbage',
        '/?workspace=/workspace/1',
        '/browse/tag?project=/project/1',
    ],
)
def test_a_scope_that_is_none_is_said_in_the_page(service, path):
    response = service.session.get(service.base.split('/slm')[0] + path)
    assert response.headers['Content-Type'].startswith('text/html')
    assert response.status_code == 200 and 'class="error"' in response.text


def test_the_box_of_types_leads_to_the_list(service):
    response = service.session.get(
        service.base.split('/slm')[0] + '/browse?type=PortfolioItem/Feature', allow_redirects=False
    )
    assert response.status_code == 302
    assert response.headers['Location'] == '/browse/portfolioitem/feature'


def test_the_browser_shows_only_what_the_user_may_see(service):
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    found = page(viewer, '/browse/hierarchicalrequirement')
    assert 'Log in' in found.text and 'Side story' not in found.text
