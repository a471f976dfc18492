"""Checks of the service: JSON or HTML, clock, sign-in, workspaces, projects, rights, schema, speed.

All requests of the examination are made here; see `examine` for how many.
"""
from __future__ import absolute_import, division, print_function

import os
import re
import tempfile
import time
from email.utils import mktime_tz, parsedate_tz

from pyral import config
from pyral._compat import ensure_text, fill, monotonic, text_of
from pyral.context.defaults import Defaults
from pyral.context.directory import Directory
from pyral.context.scope import is_current
from pyral.doctor.examined_setup import sentence_of
from pyral.doctor.finding import FAILURE, NOTE, OK, WARNING
from pyral.doctor.network import speaks_tls
from pyral.doctor.network_checks import advice_on_handshake
from pyral.errors import PyralError, TransportError, first_names
from pyral.http.answer import SIGN_IN_TEXTS
from pyral.http.results import page_of
from pyral.schema.cache import SchemaCache, folder_for
from pyral.schema.reader import SchemaReader

__all__ = ['check_clock', 'check_page', 'check_project', 'check_schema', 'check_schema_cache',
           'check_service', 'check_sign_in', 'check_workspace', 'check_writing']

#: Seconds by which clocks may differ without a word.
_SKEW_S = 120
_SLOW_ANSWER_S, _SLOW_PAGE_S = 2.0, 10.0
_PAGE_SIZE = 200
#: So many names go into a finding.
_MOST_NAMES = 5
_PAGE_INSTEAD = re.compile(u"^HTML page instead of JSON: '(.*)'$", re.DOTALL)
_NOT_JSON = (u"Something answers in place of Rally: a sign-in page (SSO), a captive portal, a "
             u"proxy, or another server. Open {0} in a browser, check server and proxy; with SSO "
             u"an API key is needed.")
#: Status -> text and advice; {0} is the server, {1} the status with its words.
_OF_STATUS = {
    403: (u"{0} forbids it ({1})", u"A gateway or firewall in between may want a captcha or "
          u"another network: open the server in a browser, and ask whoever runs the gateway."),
    404: (u"there is no Rally Web Services API at {0} ({1})", u"Check the name of the server: it "
          u"is the host alone, such as rally1.rallydev.com."),
    407: (u"the proxy on the way to {0} asks for a password, or refuses the one it gets ({1})",
          u"Put user and password into it: HTTP_PROXY=http://<user>:<password>@host:port."),
    429: (u"{0} asks for fewer requests ({1})", u"Wait a while; other scripts of this account may "
          u"be running. The service serves 12 requests of one user at a time."),
}
_OF_FAILED = (u"{0} fails ({1})", u"The service, or a gateway before it, has trouble: try again "
              u"later; where it lasts, ask those who run it.")
#: How the repr begins of what TLS answers to a request of plain http.
_TLS_RECORD = u"BadStatusLine('\\x15\\x03"
_OF_OPENSSL = re.compile(u"\\[SSL: [A-Z0-9_ ]{1,80}\\][^('\\[]{0,150}")
_WAIT = u" It asks to wait {0}."
#: Seconds that an answer was kept by a cache.
_AGE = re.compile(r'^[0-9]{1,9}$')


def check_service(setup):
    """Whether Rally answers; the first question is who is asking, as when connecting."""
    heard, base = [], setup.base_url
    setup.directory = Directory(setup.transport)
    listener = heard.append
    setup.transport.wire_log.add(listener)
    try:
        user = setup.value('user')
        setup.account = setup.directory.account(None if setup.has('apikey') else user)
    except PyralError as error:
        setup.error = error
    finally:
        setup.transport.wire_log.remove(listener)
    answers = [each.answer for each in heard if each.answer is not None]
    # A redirect on this server was followed; what is at its end is the answer.
    setup.answer = next((each for each in answers if not 300 <= each.status < 400),
                        answers[-1] if answers else None)
    if setup.answer is not None:
        if setup.answer is not answers[0]:
            setup.led_to = setup.answer.url.partition('?')[0]
        latency_ms = setup.answer.elapsed_s * 1000
        facts = {'status': setup.answer.status, 'seconds': round(setup.answer.elapsed_s, 4)}
    if setup.error is None:
        yield setup.finding('service', OK, fill(u"Rally answers at {0} in {1:.0f} ms", base.url,
                                                latency_ms), facts=facts)
    elif isinstance(setup.error, TransportError):
        yield _without_answer(setup, setup.error)
    elif setup.answer.status == 401:
        setup.is_of_gateway = not any(
            text in setup.answer.text for text in SIGN_IN_TEXTS + (u'API key',))
        if setup.is_of_gateway:
            yield setup.finding('service', NOTE, fill(
                u"{0} answers 401 Unauthorized, in other words than those of Rally: {1}", base.url,
                _page(setup)), u"A gateway in between may ask for a sign-in of its own.", facts)
            return
        yield setup.finding('service', OK, fill(u"Rally answers at {0} in {1:.0f} ms", base.url,
                                                latency_ms), facts=facts)
    else:
        yield _of_answer(setup, facts)


def _page(setup):
    """Return what an answer holds, in a few words."""
    problem = setup.answer.problem()
    page = _PAGE_INSTEAD.match(problem)
    if problem == u'empty body':
        return u"nothing"
    if not re.search(u'[ -~\\w]', problem):
        return u"bytes that are no text"
    return fill(u"a page titled '{0}'", page.group(1)) if page else problem


def _of_answer(setup, facts):
    """Return the finding of an answer that is none of Rally."""
    answer, error = setup.answer, setup.error
    status, base = answer.status, setup.base_url
    where = base.url if setup.led_to is None else fill(
        u"{0}, which leads on to {1},", base.url, setup.led_to)
    if u'is not within the allowed range' in answer.text:
        return setup.finding('service', FAILURE, answer.problem(), error.hint, facts)
    if status >= 400 or 300 <= status < 400:
        text, advice = _OF_STATUS.get(status, _OF_FAILED)
        told = fill(u"{0}: {1}", status, _page(setup))
        wait = next((value for name, value in answer.headers.items()
                     if name.lower() == 'retry-after'), None)
        if wait:
            wait = fill(u'{0} s' if _AGE.match(wait) else u'until {0}', wait)
        return setup.finding('service', FAILURE, fill(text, where, told),
                             advice + (fill(_WAIT, wait) if wait else u''), facts)
    if not answer.is_json:
        return setup.finding('service', FAILURE, fill(
            u"{0} answers {1} where JSON belongs", where, _page(setup)),
            fill(_NOT_JSON, base.url), facts)
    return setup.finding('service', FAILURE, fill(
        u"{0} answers, and not as Rally does: {1}", where, error.message),
        error.hint or fill(_NOT_JSON, base.url), facts)


def _without_answer(setup, error):
    """Return the finding of a request that got no answer."""
    base = setup.base_url
    where = base.netloc if setup.proxy is None else fill(
        u"{0} (by the proxy {1})", base.netloc, setup.proxy.netloc)
    facts = {'kind': error.kind, 'error': text_of(error.cause or error)}
    text, advice = error.message, error.hint
    if u'SOCKS' in facts['error']:
        text, advice = u"requests cannot use a SOCKS proxy here", u"pip install 'requests[socks]'"
    elif base.scheme == 'http' and not setup.is_elsewhere and error.kind in (
            'reset', 'timeout') and (_TLS_RECORD in facts['error']
                                     or speaks_tls(setup.opener(), base.host)):
        text = fill(u"{0} speaks https, not plain http", base.netloc)
        advice = fill(u"Write the server as 'https://{0}'.", base.netloc)
    elif error.kind == 'timeout':
        text = fill(u"{0} takes the connection, and gives no answer in {1:g} s", where,
                    setup.limit_s)
        advice = u"The service or a proxy in between hangs: try again later, or allow more with " \
                 u"timeout=(connect seconds, read seconds)."
    elif error.kind == 'reset':
        text = fill(u"{0} takes the connection and breaks it off: {1}", where,
                    facts['error'])
    elif error.kind == 'tls' and _OF_OPENSSL.search(facts['error']):
        said = _OF_OPENSSL.search(facts['error']).group().strip()
        text = fill(u"the handshake with {0} broke off: {1}", where, said)
        advice = advice_on_handshake(said)
    elif error.kind == 'redirect':
        text = fill(u"a redirect of {0} leads nowhere: {1}", base.url,
                    text.rpartition(u': ')[2])
    return setup.finding('service', FAILURE, text, advice, facts)


def check_clock(setup):
    """Whether the clock of this machine goes with that of the service."""
    answer = setup.answer
    headers = {} if answer is None else dict(
        (name.lower(), value) for name, value in answer.headers.items())
    if 'date' not in headers:
        yield setup.finding('clock', NOTE, u"not made: no answer gave a date", facts={
            'made': False})
        return
    seconds = _seconds_of(headers['date'])
    if seconds is None:
        yield setup.finding('clock', NOTE, fill(u"the answer gives a date that is none: {0}",
                                                headers['date']))
        return
    # Minus the age of what a cache kept; the answer came a moment ago.
    age = headers.get('age', '')
    skew_s = time.time() - seconds - (int(age) if _AGE.match(age) else 0)
    facts = {'skew_s': int(skew_s), 'date': headers['date']}
    if abs(skew_s) <= _SKEW_S:
        yield setup.finding('clock', OK, u"this machine and the service agree to the minute",
                            facts=facts)
        return
    yield setup.finding('clock', WARNING, fill(
        u"this machine is {0} {1} the service ({2})", _span(abs(skew_s)),
        u"ahead of" if skew_s > 0 else u"behind", headers['date']),
        u"Set the clock of this machine (NTP): certificates, dates in queries and logs go wrong "
        u"with it. A cache in between may show an old date, too.", facts)


def _seconds_of(date):
    """Return a date of a header as seconds since 1970, or None where it is none."""
    try:
        moment = parsedate_tz(date)
        return None if moment is None else mktime_tz(moment)
    except (ValueError, OverflowError, TypeError):
        return None


def _span(seconds):
    for size, name in ((86400, u'days'), (3600, u'hours'), (60, u'minutes')):
        if seconds >= 2 * size:
            return fill(u'{0} {1}', int(seconds // size), name)
    return fill(u'{0} s', int(seconds))


def check_sign_in(setup):
    """Whether the service takes the credentials, and whose they are."""
    if setup.account is None:
        error, is_key = setup.error, setup.has('apikey')
        if setup.answer is not None and setup.answer.status == 401:
            said = next((text for text in SIGN_IN_TEXTS if text in setup.answer.text), u'')
            yield setup.finding('sign-in', FAILURE, fill(
                u"401 Unauthorized: the service does not take {0}", u"the API key" if is_key else
                u"user and password" if setup.has('password') else u"what the netrc file gives"),
                _OF_GATEWAYS if setup.is_of_gateway else _OF_KEYS if is_key else _OF_PASSWORDS,
                {'status': 401, 'said': said})
        else:
            yield setup.finding('sign-in', FAILURE, sentence_of(error), error.hint)
        return
    account = setup.account
    facts = {'user': account.user_name, 'name': account.display_name,
             'subscription': account.subscription.name if account.subscription else None}
    asked = setup.value('user')
    if _is_disabled(setup):
        yield setup.finding('sign-in', FAILURE, fill(u"user {0} is disabled", account.user_name),
                            u"Ask the administrator of the subscription.", facts)
        return
    told = fill(u"{0} ({1})", account.user_name or account.display_name, account.display_name)
    if facts['subscription']:
        told += fill(u", subscription '{0}'", facts['subscription'])
    yield setup.finding('sign-in', OK, told, facts=facts)
    if setup.has('apikey') and asked not in (None, u'', config.USER_NAME) and account.user_name \
            and ensure_text(asked).lower() != account.user_name.lower():
        yield setup.finding('sign-in', NOTE, fill(
            u"the API key belongs to {0}, not to the user that is given, {1}", account.user_name,
            asked))


_OF_GATEWAYS = (u"Rally says it in other words, so that what answers may not be Rally: check the "
                u"server and what stands in between, such as a gateway with a sign-in of its own; "
                u"then the credentials.")
_OF_KEYS = (u"The key is wrong, was revoked or has expired, its user is disabled, or the "
            u"subscription allows no API keys. Make a new one in Rally, under API Keys, and copy "
            u"it alone.")
_OF_PASSWORDS = (u"User or password is wrong, the user is disabled or locked, or the account signs "
                 u"in through SSO, which needs an API key. The service says the same of all.")


def _is_disabled(setup):
    payload = setup.answer.json() if setup.answer is not None and setup.answer.is_json else {}
    return any(isinstance(each, dict) and each.get('Disabled') is True
               for each in payload.values())


def _default(asked):
    return not asked or is_current(asked)


def check_workspace(setup):
    """Which workspaces the account sees, and whether the one that is named is among them."""
    return _check_place(
        setup, 'workspace', setup.directory.workspaces(), u"",
        u"Ask the administrator of the workspace for access.",
        Defaults(setup.directory, setup.account).initial_workspace)


def check_project(setup):
    """Which projects the account sees there, and whether the one that is named is among them."""
    workspace, defaults = setup.workspace, Defaults(setup.directory, setup.account)
    return _check_place(
        setup, 'project', setup.directory.projects(workspace), fill(u"'{0}'", workspace.name),
        u"Ask an administrator for a permission to a project, or name another workspace.",
        lambda asked: defaults.initial_project(workspace, asked, False))


def _check_place(setup, kind, seen, around, advice, initial):
    """Whether the place to start in is among those that the account sees.

    :param kind: `workspace` or `project`; the place becomes this attribute of the setup.
    :param seen: all places of the kind.
    :param around: the quoted name of what they are in, for the texts; empty for workspaces.
    :param advice: what to do where there are none.
    :param initial: takes the name that is given, and returns the place to start in.
    """
    asked = setup.value(kind)
    facts = {'seen': len(seen), 'names': [each.name for each in seen[:_MOST_NAMES]]}
    if not seen:
        yield setup.finding(kind, FAILURE, fill(
            u"the account sees no open {0}{1}", kind, around and u" in workspace " + around),
            advice, facts)
        return
    try:
        place = initial(asked)
    except PyralError as error:
        yield _not_seen(setup, kind, asked, error, seen, facts)
        return
    setattr(setup, kind, place)
    facts['ref'] = place.ref
    yield setup.finding(kind, OK, fill(
        u"'{0}'{1}, one of {2} that the account sees{3}", place.name,
        u" by default" if _default(asked) else u"", len(seen), around and u" in " + around),
        facts=facts)


def _not_seen(setup, kind, asked, error, seen, facts):
    named = first_names([each.name for each in seen])
    if _default(asked):
        return setup.finding(kind, FAILURE, error.message, fill(
            u"Give {0}=<name>; the account sees {1}.", kind, named), facts)
    near = u', '.join(ensure_text(each) for each in error.suggestions)
    advice = fill(u"Did you mean {0}?", near) if near else fill(
        u"The account sees {0}: {1}.", len(seen), named)
    return setup.finding(kind, FAILURE, fill(u"the account sees no open {0} '{1}'", kind, asked),
                         advice + u" Names are compared letter by letter; what is closed, or not "
                         u"permitted, is not seen.", facts)


#: An update of what cannot exist: there is no ObjectID 0, and nothing in it that could be set.
_NOTHING = ('tag/0', {'Tag': {}})


def check_writing(setup):
    """Whether an API key may write, or a password gets the token that writes need."""
    if not setup.options.get('tries_write', True):
        yield setup.finding('writing', NOTE, u"not tried", facts={'made': False})
        return
    if not setup.has('apikey'):
        try:
            token = setup.transport.token()
        except PyralError as error:
            yield setup.finding('writing', FAILURE, fill(
                u"the service gives no security token, which writes need: {0}", sentence_of(error)),
                error.hint)
            return
        text = u"the service gives the security token that writes need" if token else \
            u"the service knows no security tokens, as servers of old"
        yield setup.finding('writing', OK, text)
        return
    is_whole = True
    try:
        answer = setup.transport.post(*_NOTHING)
        status, told = answer.status, u' '.join(ensure_text(each) for each in answer.errors)
    except PyralError as error:
        status, told = getattr(error, 'status_code', None), sentence_of(error)
        is_whole = False
    facts = {'status': status, 'said': told}
    if status == 401 or u'read-only' in told:
        yield setup.finding('writing', WARNING, u"the API key is read-only: reads succeed, writes "
                            u"are refused with 401", u"That is right for reports. To write, make a "
                            u"key with full access in Rally, under API Keys.", facts)
    elif u'Invalid key' in told:
        yield setup.finding('writing', WARNING, u"writes are refused: Invalid key", u"The key is "
                            u"read-only, or a proxy adds cookies of a session.", facts)
    elif status == 200 and is_whole and u'Not authorized' not in told:
        yield setup.finding('writing', OK, u"the API key may write (rights in each project are "
                            u"another matter)", facts=facts)
    else:
        yield setup.finding('writing', NOTE, fill(u"it is not known whether the API key may write: "
                                                  u"{0}", told), facts=facts)


def _cache(setup):
    return SchemaCache(folder_for(setup.options.get('schema_cache'), setup.environ.reveal()),
                       setup.base_url.url)


def check_schema_cache(setup):
    """Whether the schema can be kept between processes, and what is kept is whole."""
    cache = _cache(setup)
    if cache.folder is None:
        yield setup.finding('schema cache', NOTE, u"off: each process reads the schema anew",
                            u"Give schema_cache=<folder>, or PYRAL_SCHEMA_CACHE.")
        return
    facts = {'folder': cache.folder}
    problem = _unwritable(cache.folder)
    if problem:
        yield setup.finding('schema cache', WARNING, fill(
            u"the folder '{0}' cannot be written: {1}", cache.folder, problem), u"Scripts run, and "
            u"read the schema anew each time. Make it writable, or name another folder in "
            u"PYRAL_SCHEMA_CACHE.", facts)
        return
    faults = cache.faults()
    for path, reason in faults[:3]:
        yield setup.finding('schema cache', WARNING, fill(u"'{0}' is not used: {1}", path, reason),
                            u"Remove the file; the schema is read anew, and kept again.", facts)
    if not faults:
        yield setup.finding('schema cache', OK, fill(u"'{0}'", cache.folder), facts=facts)


def _unwritable(folder):
    """Return why nothing can be kept in a folder, or None; one that is not there is made later."""
    folder = os.path.abspath(folder)
    # A drive that is not there has no folder above it.
    while not os.path.exists(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    if not os.path.isdir(folder):
        return fill(u"'{0}' is no folder", folder)
    try:
        handle, path = tempfile.mkstemp('.tmp', 'schema-', folder)
    except (IOError, OSError) as error:
        return text_of(error.strerror or error)
    os.close(handle)
    os.remove(path)
    return None


def check_schema(setup):
    """Whether the schema of the workspace is to be had."""
    cache, begun = _cache(setup), monotonic()
    before = setup.transport.request_count
    types = SchemaReader(setup.transport, cache).types(setup.workspace.ref)
    count, seconds = setup.transport.request_count - before, monotonic() - begun
    facts = {'types': len(types), 'requests': count, 'seconds': round(seconds, 4)}
    yield setup.finding('schema', OK, fill(
        u"{0} types, {1}", len(types), u"as kept before" if count == 1 and cache.folder
        else fill(u"read in {0:.1f} s", seconds)), facts=facts)


def check_page(setup):
    """How quick answers are: the quickest of all, and a page of items."""
    params = [('fetch', 'FormattedID,Name,Owner,Project,ScheduleState,LastUpdateDate'),
              ('pagesize', _PAGE_SIZE), ('start', 1), ('workspace', setup.workspace.ref)]
    if setup.project is not None:
        params.append(('project', setup.project.ref))
    answer = setup.read('hierarchicalrequirement', params)
    page = page_of(answer, 'hierarchicalrequirement')
    seconds, size = max(answer.elapsed_s, 1e-6), len(answer.content)
    latency_s = setup.transport.latency_s
    facts = {'items': len(page.items), 'total': page.total, 'bytes': size,
             'seconds': round(seconds, 4), 'latency_s': round(latency_s, 4),
             'items_per_s': round(len(page.items) / seconds, 1),
             'kb_per_s': round(size / seconds / 1000, 1)}
    told = fill(u"{0} stories in {1:.2f} s ({2:.0f} kB a second); the quickest answer took "
                u"{3:.0f} ms", len(page.items), seconds, size / seconds / 1000, latency_s * 1000)
    if latency_s > _SLOW_ANSWER_S or seconds > _SLOW_PAGE_S:
        yield setup.finding('page', WARNING, told, u"The way to the service is slow: a proxy, VPN "
                            u"or distance. Ask for more at once (pagesize, fetch) and less often; "
                            u"threads=12 reads pages side by side.", facts)
    else:
        yield setup.finding('page', OK, told, facts=facts)
