"""The object browser: pages of links, without scripts, with everything escaped."""
import re
from html.parser import HTMLParser

import pytest


class Page(HTMLParser):
    """Collects what a test asks of a page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.text = [], [], ''
        self.open = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
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
    assert '3 to 3 of 3' in page(service, '/browse/hierarchicalrequirement?' +
                                 after[0].partition('?')[2]).text
    json_link = next(link for link in found.links if '/slm/webservice/' in link)
    assert service.session.get(json_link).json()['QueryResult']['PageSize'] == 2


def test_a_refused_query_shows_its_error_in_the_page(service):
    response = service.send('GET', '/browse/defect', query='(Bogus = 1) <script>')
    assert 'Could not parse' in response.text and '<script' not in response.text
    assert 'value="(Bogus = 1) &lt;script&gt;"' in response.text


@pytest.mark.parametrize('path', ['/browse/defect/1', '/browse/bogus', '/browse/bogus/1',
                                  '/browse/defect/{bug}/Bogus', '/browse?type=bogus'])
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
    for path in ('/browse/defect', '/browse/defect/{bug}', '/browse/defect/{bug}/Tags',
                 '/browse/tag/{red}', '/browse/' + 'x"><script>'):
        response = service.send('GET', path.format(**service.tiny.oids))
        assert '<script' not in response.text


def test_an_object_shows_attributes_references_and_collections(service):
    found = page(service, '/browse/hierarchicalrequirement/{}'.format(service.oid('story')))
    assert '/browse/user/{}'.format(service.oid('ada')) in found.links
    assert '/browse/HierarchicalRequirement/{}/Tasks'.format(service.oid('story')) in found.links
    assert '<b>Type</b> a name' in found.text and 'US1' in found.text
    assert re.search('East.*Mid', found.text, re.DOTALL)


def test_the_box_of_types_leads_to_the_list(service):
    response = service.session.get(
        service.base.split('/slm')[0] + '/browse?type=PortfolioItem/Feature',
        allow_redirects=False)
    assert response.status_code == 302
    assert response.headers['Location'] == '/browse/portfolioitem/feature'


def test_the_browser_shows_only_what_the_user_may_see(service):
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    found = page(viewer, '/browse/hierarchicalrequirement')
    assert 'Log in' in found.text and 'Side story' not in found.text
