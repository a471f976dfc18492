"""The documentation as a site: what a newcomer looks for is found by search and by two clicks.

The pages are those that `make docs` builds; they are built where they are missing or old. The
search sorts as the search page does: `found` repeats `searchtools.js` over the same index with the
numbers of `doc/scorer.js`.
"""

import collections
import functools
import html.parser
import json
import os
import re
import subprocess
import sys

import pytest
from sphinx.search.en import SearchEnglish
from sphinx.util.inventory import InventoryFile

from tests.meta.test_docs import ROOT, SOURCE, read

BUILT = os.path.join(ROOT, 'doc', 'build', 'html')
COMMAND = '-m sphinx -a -W --keep-going -q -b html doc/source doc/build/html'.split()

#: What newcomers look for, and the page and section that has it.
LOOKUPS = {
    'get my API key': 'api_key',
    'find a story by FormattedID': 'reading#one-item',
    'attach a file': 'attachments',
    'update a custom field': 'writing#update-custom-field',
    'query dates': 'queries#query-dates',
    'all users': 'people#all-users',
    'page': 'reading#pages',
    'go faster': 'speed',
    'test my scripts': 'testing',
    'proxy / CA bundle': 'configuration#proxy-and-certificates',
}
#: The same in other words, and what else is looked for; by search alone.
OTHER_WORDS = {
    'api key': 'api_key',
    'how do I get my API key': 'api_key',
    'FormattedID': 'reading#one-item',
    'attachment': 'attachments',
    'upload a file': 'attachments',
    'custom field': 'writing#update-custom-field',
    'today': 'queries#query-dates',
    'time zone': 'queries#query-dates',
    'list users': 'people#all-users',
    'paging': 'reading#pages',
    'pagination': 'reading#pages',
    'slow': 'speed',
    'performance': 'speed',
    'faster': 'speed',
    'pytest': 'testing',
    'mock': 'testing',
    'proxy': 'configuration#proxy-and-certificates',
    'CA bundle': 'configuration#proxy-and-certificates',
    'certificate': 'configuration#proxy-and-certificates',
    'SSL': 'configuration#proxy-and-certificates',
    'cookbook': 'cookbook',
    'burndown': 'cookbook#burn-down-of-the-current-sprint',
    'junit': 'cookbook#upload-junit-results',
    'nightly': 'cookbook#nightly-pull-into-sqlite-by-lastupdatedate',
    'capacity': 'cookbook#capacity-against-estimates-of-a-sprint',
    'cycle time': 'cookbook#cycle-time-of-accepted-stories',
    'defects per release': 'cookbook#defects-of-each-release-by-state-as-a-table',
    'weekly mail': 'cookbook#weekly-mail-about-a-project',
    'milestone': 'cookbook#milestones-what-is-due-when',
    'stories without tasks': 'cookbook#stories-without-an-estimate-tasks-or-an-owner',
    'duplicates': 'cookbook#find-duplicates-by-name',
    'recycle bin': 'cookbook#what-was-deleted-and-by-whom',
    'restore': 'cookbook#what-was-deleted-and-by-whom',
    'rank': 'cookbook#rank-the-backlog',
    'copy a story': 'cookbook#copy-a-story-with-its-tasks-and-attachments',
    'test coverage': 'cookbook#test-coverage-of-stories',
    'install': 'quickstart#install',
    'csv': 'rows',
    'pandas': 'rows',
    'excel': 'rows',
    'dataframe': 'rows',
    'bulk update': 'writing#create-update-or-delete-many-items-bulk',
    'add a tag': 'writing#tags-and-other-collections',
    'current iteration': 'names',
    'sprint': 'names',
    'allowed values': 'entities#schema',
    'revision history': 'entities#revision-history',
    'timeout': 'reliability#time-limit-deadline-and-size-of-an-answer',
    'retry': 'reliability#retries',
    'log requests': 'errors#log-requests',
    'async': 'speed#pages-and-threads',
    'progress bar': 'reading#show-progress',
    'with Rally': 'quickstart#connect',
    'login': 'configuration',
    'password': 'configuration',
    'count': 'reading#the-response-count-errors-completeness',
    'error message': 'errors',
    'AuthenticationError': 'reference/errors',
    'createMultiple': 'reference/writing',
    'getAllUsers': 'reference/workspaces',
    'orjson': 'speed',
    'threads': 'speed#pages-and-threads',
    'delete': 'writing#delete-an-item',
    'command line': 'command',
    'terminal': 'command',
    'it does not connect': 'connecting_trouble',
    'doctor': 'connecting_trouble',
    'connection refused': 'connecting_trouble',
    'object browser': 'object_browser',
    'burn-down': 'object_browser',
    'profile': 'configuration#profiles',
    'several accounts': 'configuration#profiles',
    'keyring': 'configuration',
    'switch project': 'workspaces#change-the-current-workspace-or-project',
    'children of a project': 'workspaces#workspace-and-project-of-one-call-scope',
}

#: The pages that are no guides: about the project or the service, or lists of names.
NO_GUIDES = re.compile(
    'api|architecture|benchmarks|compat|contributing|coverage|glossary|prices|security|test_suite'
)
#: What an object is called on the pages, and its class.
OBJECTS = {
    'rally': 'pyral.Rally',
    'Rally': 'pyral.Rally',
    'response': 'pyral.RallyRESTResponse',
    'entity': 'pyral.entity.Persistable',
    'error': 'pyral.PyralError',
    'emu': 'pyral.emulator.Emulator',
    'query_builder': 'pyral.query_builder',
}
#: Where a name without an object is looked for.
BARE = ('', 'Rally.', 'RallyRESTResponse.', 'emulator.', 'advice.')
CODE = re.compile(r'^( *)(?:\.\. code-block::.*|(?!\.\. ).*::)\n(?:\n|\1 +.*\n)+', re.M)


def sources():
    """Return the paths of what the pages are made of."""
    found = [os.path.join(ROOT, 'doc', 'scorer.js')]
    for top in (SOURCE, os.path.join(ROOT, 'pyral')):
        for folder, _, files in os.walk(top):
            found += [
                os.path.join(folder, file)
                for file in files
                if file.endswith(('.rst', '.py', '.css'))
            ]
    return found


@pytest.fixture(scope='module', autouse=True)
def site():
    """The pages as they are built of what stands here now."""
    index = os.path.join(BUILT, 'searchindex.js')
    newest = max(os.path.getmtime(path) for path in sources())
    if not os.path.exists(index) or os.path.getmtime(index) < newest:
        done = subprocess.run(
            [sys.executable] + COMMAND, cwd=ROOT, text=True, capture_output=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, '')


class Page(html.parser.HTMLParser):
    """A built page: the links of its text, and the sections that each id stands in."""

    def __init__(self, name):
        super().__init__()
        self.links, self.sections, self._open, self._is_text = [], {}, [], False
        with open(os.path.join(BUILT, name + '.html'), encoding='utf-8') as source:
            self.feed(source.read())

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == 'article':
            self._is_text = True
        if tag == 'section':
            self._open.append(values['id'])
        if 'id' in values:
            self.sections[values['id']] = list(self._open)
        if tag == 'a' and self._is_text and 'href' in values:
            self.links.append(values['href'])

    def handle_endtag(self, tag):
        if tag == 'section':
            self._open.pop()
        if tag == 'article':
            self._is_text = False


@functools.lru_cache(maxsize=None)
def page(name):
    """Return a built page, read once."""
    return Page(name)


def leads_to(name, anchor, wanted):
    """Say whether a place is the wanted page, its beginning or somewhere in the wanted section."""
    wanted_page, _, section = wanted.partition('#')
    if name != wanted_page or not anchor or not section:
        return name == wanted_page
    return page(name).sections[section][-1] in page(name).sections[anchor]


#: The words and numbers of the search page.
Index = collections.namedtuple('Index', 'data scores later')


@functools.lru_cache(maxsize=None)
def search_index():
    """Return what the search page has: the index, the scores, the pages that come later."""
    text = read(os.path.join(BUILT, 'searchindex.js')).strip()
    scorer = read(os.path.join(ROOT, 'doc', 'scorer.js'))
    scores = {name: int(number) for name, number in re.findall(r'(\w+): (\d+),', scorer)}
    pattern, lower = re.search(r'/\^(\(.*\))/\.test\(page\)\s*\? score - (\d+)', scorer).groups()
    later = re.compile(pattern.replace('\\/', '/')), int(lower)
    return Index(json.loads(text[len('Search.setIndex(') : -1]), scores, later)


def titles_and_entries(words, index):
    """Yield (score, page, title, anchor) of titles and index entries that fit the words."""
    data, scores = index.data, index.scores
    for title, places in data['alltitles'].items():
        if words in title.lower() and len(words) >= len(title) / 2:
            for file, anchor in places:
                is_whole = data['titles'][file] == title
                shown = title if is_whole else f'{data["titles"][file]} > {title}'
                score = int(scores['title'] * len(words) / len(title) + 0.5)
                yield score + is_whole, file, shown, anchor or ''
    for entry, places in data['indexentries'].items():
        if words in entry and len(words) >= len(entry) / 2:
            for file, anchor, is_main in places:
                if is_main:
                    score = int(100 * len(words) / len(entry) + 0.5)
                    yield score, file, data['titles'][file], anchor


def objects(words, index):
    """Yield (score, page, title, anchor) of classes, methods and functions that fit the words."""
    data, scores = index.data, index.scores
    terms = set(re.findall(r'\w+', words))
    described = [
        (f'{prefix}.{each[4]}'.lstrip('.'), prefix, each)
        for prefix, below in data['objects'].items()
        for each in below
    ]
    for term in terms:
        for full, prefix, (file, kind, priority, anchor, name) in described:
            title, last = data['titles'][file], full.lower().rpartition('.')[2]
            where = f'{prefix} {name} {data["objnames"][str(kind)][2]} {title}'.lower()
            if term in full.lower() and all(other in where for other in terms - {term}):
                score = {0: 15, 1: 5, 2: -5}.get(priority, 0)
                if term in (full.lower(), last):
                    score += scores['objNameMatch']
                elif term in last:
                    score += scores['objPartialMatch']
                shown = {'': full, '-': f'{data["objnames"][str(kind)][1]}-{full}'}
                yield score, file, full, shown.get(anchor, anchor)


def texts(words, index):
    """Yield (score, page, title, anchor) of pages that have all the words."""
    data, scores, language = index.data, index.scores, SearchEnglish({})
    wanted = {
        language.stem(word)
        for word in re.findall(r'\w+', words)
        if word not in language.stopwords and not word.isdigit()
    }
    by_file = collections.defaultdict(dict)
    for word in wanted:
        for known, whole, part in (
            (data['terms'], scores['term'], scores['partialTerm']),
            (data['titleterms'], scores['title'], scores['partialTitle']),
        ):
            if word in known:
                fitting = [(known[word], whole)]
            elif len(word) > 2:
                fitting = [(known[term], part) for term in known if word in term]
            else:
                fitting = []
            for files, score in fitting:
                for file in files if isinstance(files, list) else [files]:
                    by_file[file][word] = score
    counts = {len(wanted), len([word for word in wanted if len(word) > 2])}
    for file, found_words in by_file.items():
        if len(found_words) in counts:
            yield max(found_words.values()), file, data['titles'][file], ''


def found(words):
    """Return (page, anchor) of what the search shows for words, the first first."""
    index, words = search_index(), words.lower().strip()
    names, (pattern, lower) = index.data['docnames'], index.later
    results = [*titles_and_entries(words, index), *objects(words, index), *texts(words, index)]
    ranked = sorted(
        (lower * bool(pattern.match(names[file])) - score, title.lower(), names[file], anchor)
        for score, file, title, anchor in results
    )
    return list(dict.fromkeys((name, anchor) for _, _, name, anchor in ranked))


@pytest.mark.parametrize('words', [*LOOKUPS, *OTHER_WORDS])
def test_the_search_shows_it_among_the_first_three(words):
    wanted = {**LOOKUPS, **OTHER_WORDS}[words]
    first = found(words)[:3]
    assert any(leads_to(name, anchor.lstrip('#'), wanted) for name, anchor in first), first


@pytest.mark.parametrize('wanted', LOOKUPS.values(), ids=list(LOOKUPS))
def test_it_is_two_clicks_from_the_first_page(wanted):
    """One click leads to the section, or to the page, whose own contents lead to the section."""
    name, _, section = wanted.partition('#')
    places = [link.partition('.html') for link in page('index').links]
    assert any(leads_to(each, anchor.lstrip('#'), wanted) for each, _, anchor in places)
    assert not section or section in page(name).sections


@functools.lru_cache(maxsize=None)
def public_names():
    """Return {full name: role} of what the reference describes, by the names it is described by."""
    with open(os.path.join(BUILT, 'objects.inv'), 'rb') as source:
        known = InventoryFile.load(source, '', os.path.join)
    roles = {
        'py:class': 'class',
        'py:exception': 'exc',
        'py:method': 'meth',
        'py:function': 'func',
        'py:property': 'attr',
        'py:attribute': 'attr',
    }
    return {name: roles[kind] for kind in roles for name in known.get(kind, ())}


def role_of(literal):
    """Return the role that says what a literal says, None where it names nothing public.

    `rally.get`, `getAllUsers`, `NotFoundError` name something, and so does a call,
    `rally.get('User')`; a bare `get` may be anything.
    """
    call = re.match(r'([\w.]+)\(.*\)$', literal)
    name = call.group(1) if call else literal
    of, _, last = name.rpartition('.')
    if of in OBJECTS:
        targets = [f'{OBJECTS[of]}.{last}']
    elif of:
        targets = [name] if name.startswith('pyral.') else []
    else:
        is_telling = re.search('^[A-Z]|[a-z][A-Z]|_', name)
        targets = [f'pyral.{each}{name}' for each in BARE] if is_telling else []
    for target in targets:
        role, short = public_names().get(target), target[len('pyral.') :]
        if role and call and literal[len(name) :] not in ('()', '(...)'):
            return f':{role}:`{literal} <{short}>`'
        if role:
            return (
                f':{role}:`{"~" if "." in short and not name.startswith("rally.") else ""}{short}`'
            )
    return None


def texts_of_guides():
    """Yield (page, its text without code) of each guide."""
    for file in sorted(os.listdir(SOURCE)):
        if file.endswith('.rst') and not NO_GUIDES.match(file[:-4]):
            yield file, CODE.sub('', read(os.path.join(SOURCE, file)))


def test_what_a_guide_names_leads_to_the_reference():
    literals = [
        (file, literal, role_of(literal))
        for file, text in texts_of_guides()
        for literal in re.findall(r'(?<!`)``([^`]+)``', text)
    ]
    assert len(literals) > 1000
    assert [each for each in literals if each[2]] == []


def test_every_role_leads_somewhere():
    named = [
        (file, target)
        for file, text in texts_of_guides()
        for target in re.findall(r':(?:meth|class|exc|func|attr):`(?:[^`<]*<)?~?([\w.]+)>?`', text)
    ]
    assert len(named) > 200
    assert [each for each in named if 'pyral.' + each[1] not in public_names()] == []


def test_the_search_does_not_find_everything():
    """The test itself must be able to fail."""
    assert found('zeppelin') == []
    assert not any(leads_to(name, '', 'people') for name, _ in found('orjson')[:3])
