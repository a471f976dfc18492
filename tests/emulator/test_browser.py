"""The object browser: pages of links, without scripts, with everything escaped."""

import html
import json
import re
from html.parser import HTMLParser

import pytest

from tests.emulator.service import ORIGIN

#: Elements without an end.
VOID = frozenset(
    'area base br col embed hr img input link meta param source track wbr'.split()
    + ['line', 'rect', 'circle', 'polyline']
)
#: Elements that a table, a list and a page may hold directly.
PARENTS = {
    'li': ('ul', 'ol'),
    'tr': ('thead', 'tbody'),
    'td': ('tr',),
    'th': ('tr',),
    'option': ('select', 'optgroup'),
    'summary': ('details',),
    'figcaption': ('figure',),
}
#: Elements that end a paragraph.
BLOCKS = frozenset('p div ul ol table form details figure h1 h2 h3 pre'.split())


class Page(HTMLParser):
    """Collects what a test asks of a page, and holds it to the rules of HTML and of assistance."""

    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.text = [], [], ''
        self.hidden, self.chosen, self.heads, self.forms = [], [], [], []
        self.open, self.ids, self.wanted_ids, self.labelled = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids)), self.ids
        assert set(self.wanted_ids) <= set(self.ids)
        assert self.tags.count('h1') == self.tags.count('main') == 1 <= self.tags.count('title')

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        values = dict(attrs)
        inside = [name for name, _ in self.open]
        assert len(values) == len(attrs)
        assert not (tag in BLOCKS and 'p' in inside), (tag, inside)
        assert not (tag in PARENTS and inside[-1] not in PARENTS[tag]), (tag, inside)
        # A figure holds its caption last, and nothing behind it.
        assert not (tag == 'details' and inside[-1] == 'figure')
        assert not [name for name in values if name.startswith('on')]
        assert tag not in ('script', 'iframe', 'object', 'embed', 'base')
        for name in ('href', 'src', 'action'):
            address = values.get(name) or '/'
            own = address.startswith(('/', '#', ORIGIN + '/', 'http://localhost:8010/'))
            assert own and not address.startswith('//'), address
        if tag == 'html':
            assert values['lang'] == 'en'
        if values.get('type') == 'hidden':
            self.hidden.append((values['name'], values['value']))
        elif tag in ('input', 'select'):
            named = 'aria-label' in values or 'label' in inside
            assert named or values.get('id') in self.labelled, values
        if tag == 'label' and 'for' in values:
            self.labelled.append(values['for'])
            self.wanted_ids.append(values['for'])
        if tag == 'option' and 'selected' in values:
            self.chosen.append(values['value'])
        if tag == 'form':
            self.forms.append(values['action'])
        if tag == 'th':
            assert values['scope'] in ('col', 'row')
            self.heads.append((values.get('aria-sort'), []))
        self.ids += [values['id']] if 'id' in values else []
        self.wanted_ids += (values.get('aria-labelledby') or '').split()
        if tag == 'a':
            assert 'a' not in inside
            self.links.append(values['href'])
            if 'th' in inside:
                self.heads[-1][1].append(values['href'])
        if tag not in VOID:
            self.open.append((tag, values))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop()[0] == tag, tag

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


#: The first page of a browser without a login is not what the caller of `service` gets.
SHARED = {'/emulator/requests', '/emulator/faults'}


@pytest.mark.fact('15', 'rest/browse')
def test_every_link_from_the_first_page_down_leads_somewhere(service):
    """One page of each kind is looked at: paths that differ in numbers alone are of one."""
    seen, kinds, waiting = set(), set(), ['/', '/emulator/log']
    while waiting:
        path = waiting.pop(0).partition('#')[0]
        kind = re.sub(r'-?[0-9]{2,}', '0', path.partition('?')[0])
        kind += str(sorted(re.findall(r'[?&](\w+)=', path)))
        if path in seen or kind in kinds or len(seen) >= 90 or not path:
            continue
        seen.add(path)
        kinds.add(kind)
        answer = service.session.get(ORIGIN + path.removeprefix(ORIGIN), allow_redirects=False)
        assert answer.status_code in (200, 302), path
        if answer.headers['Content-Type'].startswith('text/html') and answer.content:
            if '/slm/doc/' in path:
                continue
            assert 'class="error"' not in answer.text, path
            waiting += [link for link in Page(answer.text).links if link]
        elif '/slm/webservice/' in path:
            assert next(iter(answer.json().values()))['Errors'] == [], path
    assert any('/browse/project/' in path for path in seen)
    assert SHARED < seen and len(seen) > 60


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
    (text,) = re.findall(
        '<pre[^>]*>(.*?)</pre>', service.send('GET', path, **params).text, re.DOTALL
    )
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
    # A form hands the scope on by its list of places.
    assert found.chosen[-1] == '/' + place
    again = page(service, link.partition('?')[0], place='/' + place, **params)
    assert names <= set(re.findall('Log in|Far away', again.text))


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


# Lists: sorting, columns, scope, refused queries, the end


def heads(found):
    """Return the direction that each head shows, and the links in it."""
    return [(direction, links) for direction, links in found.heads if links or direction]


def test_heads_sort_turn_round_and_keep_the_rest(service):
    given = {'query': '(Name != "x")', 'pagesize': 2, 'columns': 'ScheduleState,Owner'}
    place = '/project/{}'.format(service.oid('top'))
    plain = page(service, '/browse/hierarchicalrequirement', project=place, start=2, **given)
    assert [direction for direction, _ in plain.heads] == [None] * 4
    (by_name,) = [links[0] for _, links in plain.heads if 'order=Name' in links[0]]
    for part in ('query=', 'pagesize=2', 'columns=ScheduleState%2COwner', 'project='):
        assert part in by_name
    assert 'start=' not in by_name
    up = page(service, by_name)
    assert [direction for direction, _ in up.heads] == [None, 'ascending', None, None]
    (turned,) = up.heads[1][1]
    down = page(service, turned)
    assert down.heads[1] == ('descending', [by_name])
    names = re.findall('<td class="name"><a[^>]*>([^<]*)', service.send('GET', by_name).text)
    assert names == sorted(names, key=str.lower)


@pytest.mark.parametrize(
    'path', ['/browse/defect', '/browse/artifact', '/browse/user', '/browse/typedefinition']
)
def test_every_head_with_a_link_leads_to_a_list_that_is_sorted(service, path):
    found = page(service, path)
    assert len(heads(found)) > 2
    for _, links in heads(found):
        sorted_list = service.send('GET', links[0])
        assert (
            'class="error"' not in sorted_list.text and 'aria-sort="ascending"' in sorted_list.text
        )


@pytest.mark.parametrize(
    ('given', 'labels'),
    [
        ([('columns', 'Severity,plannedstate,State')], ['Severity', 'State']),
        ([('columns', 'State'), ('columns', 'Owner')], ['State', 'Owner']),
        ([('columns', 'Tags,Attachments')], ['Tags', 'Attachments']),
        ([('columns', 'FormattedID,Name,Owner')], ['Owner']),
        ([('columns', '<script>')], []),
    ],
)
def test_columns_are_chosen_and_kept(service, given, labels):
    response = service.session.get(ORIGIN + '/browse/defect', params=given)
    found = Page(response.text)
    shown = re.findall('<th scope="col"[^>]*>(?:<a[^>]*>)?([^<]*)', response.text)
    assert shown == ['Formatted ID', 'Name', *labels]
    kept = [link for link in found.links if link and 'order=' in link]
    assert kept and all('columns=' in link or not labels for link in kept)
    ticked = re.findall('name="columns" value="([^"]*)" checked', response.text)
    assert sorted(ticked) == sorted(label for label in labels)


def test_a_formatted_id_leads_to_its_object(service):
    text = service.send('GET', '/browse/defect').text
    link = '/browse/defect/{}'.format(service.oid('bug'))
    assert re.search('<td class="formatted"><a href="{}">DE[0-9]+</a>'.format(link), text)


def test_the_scope_reaches_up_and_down_as_it_is_told(service):
    mid = '/project/{}'.format(service.oid('mid'))

    def count(**params):
        found = page(service, '/browse/project', query='(ObjectID > 0)', place=mid, **params)
        rows = page(service, '/browse/hierarchicalrequirement', place=mid, **params)
        assert rows.chosen[-1] == mid
        return int(re.search(r'(\d+) objects?', rows.text).group(1)), found

    answers = {
        (up, down): service.get(
            '/hierarchicalrequirement', project=mid, projectScopeUp=up, projectScopeDown=down
        )['TotalResultCount']
        for up in ('true', 'false')
        for down in ('true', 'false')
    }
    for (up, down), total in answers.items():
        assert count(projectScopeUp=up, projectScopeDown=down)[0] == total
    # A form sends the hidden value and then that of the box.
    given = [('place', mid), ('projectScopeDown', 'false'), ('projectScopeDown', 'true')]
    text = service.session.get(ORIGIN + '/browse/hierarchicalrequirement', params=given).text
    assert 'value="true" checked> and the projects below' in text


@pytest.mark.parametrize(
    ('params', 'meant'),
    [
        ({'query': 'State = Open'}, '(State = Open)'),
        ({'query': 'State = Open and Owner is null'}, '((State = Open) AND (Owner = null))'),
        ({'order': 'Nmae'}, 'Name'),
        ({'query': '(Bogus = 1)'}, None),
        ({'query': '<script>'}, None),
    ],
)
def test_the_corrected_text_stands_beside_what_is_refused(service, params, meant):
    response = service.send('GET', '/browse/defect', pagesize=7, columns='State', **params)
    text = html.unescape(response.text)
    assert 'class="error"' in text and ('Did you mean' in text) is (meant is not None)
    if meant:
        assert '<code>{}</code>'.format(meant) in text
        (link,) = re.findall('Did you mean <a href="([^"]*)"', text)
        assert 'pagesize=7' in link and 'columns=State' in link
        assert 'class="error"' not in service.send('GET', link).text


@pytest.mark.parametrize('start', [99999, 4, 10**18])
def test_past_the_end_the_list_says_so_and_leads_to_its_last_page(service, start):
    response = service.send('GET', '/browse/hierarchicalrequirement', start=start, pagesize=2)
    assert 'Nothing here' in response.text and 'no rows of 3' in response.text
    assert ' to 3 of' not in response.text and 'Previous' not in response.text
    (link,) = re.findall('<a href="([^"]*)">The last page', html.unescape(response.text))
    assert '3 to 3 of 3' in page(service, link).text


def test_no_word_is_broken_inside(service):
    text = service.send('GET', '/browse/hierarchicalrequirement').text
    assert 'Direct<wbr>Passing<wbr>Test<wbr>Case<wbr>Count' in text
    for rule in re.findall('tbody th[^{]*{([^}]*)}', text):
        assert 'anywhere' not in rule and 'break-all' not in rule


# The jump box


@pytest.mark.parametrize(
    ('text', 'name'),
    [
        ('US1', 'story'),
        (' us 1 ', 'story'),
        ('uS01', 'story'),
        ('{story}', 'story'),
        (' {story} ', 'story'),
        ('/hierarchicalrequirement/{story}', 'story'),
        ('http://x.example/slm/webservice/v2.0/defect/{bug}?fetch=Name', 'bug'),
        ('{mid}', 'mid'),
    ],
)
def test_the_box_leads_to_the_object(service, text, name):
    text = text.format(**service.tiny.oids)
    response = service.session.get(ORIGIN + '/browse', params={'find': text}, allow_redirects=False)
    assert response.status_code == 302
    assert response.headers['Location'].endswith('/{}'.format(service.oid(name)))


@pytest.mark.parametrize(
    ('text', 'near'),
    [
        ('DE999999', ''),
        ('XX1', 'US1'),
        ('US4', 'US'),
        ('Log', 'Log in'),
        ('1', 'US1'),
        ('99999999999', ''),
        ('<script>alert(1)</script>', ''),
        ('%', ''),
        ('x' * 5000, ''),
        ('\x00', ''),
    ],
)
def test_what_is_unknown_is_said_with_what_is_near(service, text, near):
    response = service.session.get(ORIGIN + '/browse', params={'find': text})
    found = Page(response.text)
    assert 'There is nothing called' in found.text and near in found.text.split('Near it')[-1]


@pytest.mark.parametrize(
    ('text', 'path'), [('defect', 'defect'), ('User Story', ''), ('Stories', '')]
)
def test_the_box_takes_the_name_of_a_type(service, text, path):
    response = service.session.get(ORIGIN + '/browse', params={'find': text}, allow_redirects=False)
    assert (response.headers.get('Location') == '/browse/' + path) is (path != '')


def test_the_box_finds_nothing_that_the_user_may_not_see(service):
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    for text in ('Side story', 'US3', str(service.oid('side'))):
        own, other = (
            one.session.get(ORIGIN + '/browse', params={'find': text}).text
            for one in (service, viewer)
        )
        assert 'There is nothing called' in other and ': Side</a>' not in other
        assert ': Side story</a>' not in other
        assert 'Side' in own


@pytest.mark.parametrize(
    ('text', 'found'),
    [
        ('See US1, DE40: x', ['US1', 'DE40']),
        ('[TA12: a "b"]', ['TA12']),
        ('XUS1 us1 US1x US-1 /US1 US', []),
        ('<a href="x">US1</a> &lt;US2>', ['US1', 'US2']),
    ],
)
def test_formatted_ids_in_texts_lead_to_their_objects(service, text, found):
    with service.app.store.writing() as tx:
        bug = tx.get(service.oid('bug'))
        tx.update(bug.oid, doc={**bug.doc, 'Description': text})
    links = page(service, '/browse/defect/{}'.format(bug.oid)).links
    led = [link.partition('find=')[2] for link in links if 'find=' in link]
    # The last one is its own.
    assert led == [*found, 'DE1']


def test_what_was_searched_for_stands_in_a_field(service):
    found = service.send('GET', '/browse/artifact', search='Log "in"').text
    assert 'name="search" value="Log &#34;in&#34;"' in found
