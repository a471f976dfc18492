"""What a traceback shows behind an error: the foreign error that caused it, none of our own."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest
import requests

from pyral import config, errors
from pyral.errors import ConfigError, PyralError, RallyResponseError, TransportError
from pyral.http.base_url import BaseUrl
from pyral.http.bodies import encoded
from pyral.http.json import load_json
from pyral.http.log import InteractionLog
from pyral.http.retry_policy import NO_RETRY, RetryPolicy
from pyral.http.transport import Credentials, Transport
from pyral.query.builder import build
from pyral.query.parser import parse
from pyral.reading.pages import PageReader, PageStream
from pyral.restapi import Rally
from tests.fake_http import FakeHTTP, FakeRally, Reply, result
from tests.unit.fakes import page, row

TYPES = [{'TypePath': name, 'ElementName': name, 'Name': name, 'Attributes': [
    {'ElementName': 'Name', 'AttributeType': 'STRING'}]} for name in ('Defect',)]
NO_ANSWER = requests.exceptions.ConnectionError("Connection aborted.")


def behind(error):
    """Return the errors that a traceback shows behind one."""
    found, seen = [], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        cause = getattr(error, '__cause__', None)  # 2.7: only errors of ours have it
        if cause is None and not getattr(error, '__suppress_context__', True):
            cause = error.__context__
        error = cause
        if error is not None:
            found.append(error)
    return found


def over(*replies):
    """Return a transport whose requests get these answers, or meet these errors, in order."""
    waiting = list(replies)
    return Transport('h', Credentials(apikey='_key12345'), retry=NO_RETRY,
                     adapter=FakeHTTP(lambda seen: waiting.pop(0)))


def connected(*replies):
    """Return a `Rally` whose requests about defects get these answers, in order."""
    service, waiting = FakeRally(), list(replies)

    def answer(seen):
        if '/slm/schema/' in seen.path:
            return result(TYPES)
        if 'defect' in seen.path.lower() or seen.path.endswith('/batch'):
            return waiting.pop(0)
        return service(seen)

    return Rally('rally.test', apikey='_key12345', adapter=FakeHTTP(answer),
                 retry=RetryPolicy(attempts=1), schema_cache=False)


def read_on(*replies):
    """Read past a first page of one item; what follows meets the replies."""
    transport = over(page([row(1)], 9, page_size=1), *replies)
    return list(PageStream(PageReader(transport, 'defect', [('pagesize', 1)]), threads=1))


def many(rally):
    """Create two defects in one batch."""
    return rally.createMultiple('Defect', [{'Name': 'a'}, {'Name': 'b'}])


def file_with(folder, content):
    """Return the path of a new file with this content."""
    path = folder.join('some.cfg')
    path.write_binary(content)
    return str(path)


#: what is done in an empty folder -> the class of what is raised, and of what shows behind it
CASES = {
    'a config file that cannot be read': (
        lambda folder: config.read_config_file(str(folder)), ConfigError, EnvironmentError),
    'a config file that is no text': (
        lambda folder: config.read_config_file(file_with(folder, b'SERVER = \xff')),
        ConfigError, None),
    'a log that cannot be written': (
        lambda folder: InteractionLog(over(), str(folder), 'u'), ConfigError, EnvironmentError),
    'an address with a port that is none': (
        lambda folder: BaseUrl.parse('h').admit('https://h:port/x'), TransportError, None),
    'values that JSON has no form for': (
        lambda folder: encoded({'Name': object()}), errors.RallyRESTAPIError, None),
    'a query that cannot be read': (
        lambda folder: parse('State = Open AND'), errors.QuerySyntaxError, None),
    'a name of criteria that cannot be read': (
        lambda folder: build({'State ==> x': 1}), errors.QuerySyntaxError, None),
    'no answer': (
        lambda folder: over(NO_ANSWER).get('defect'), TransportError, requests.RequestException),
    'a page of something in between': (
        lambda folder: over(Reply('<html>')).get('defect').json(), RallyResponseError, None),
    'a later page that the service refuses': (
        lambda folder: read_on(Reply('no', 500)), RallyResponseError, None),
    'a later page without an answer': (
        lambda folder: read_on(NO_ANSWER), RallyResponseError, requests.RequestException),
    'a batch without an answer': (
        lambda folder: many(connected(NO_ANSWER)), errors.MultipleOperationError,
        requests.RequestException),
    'a batch with a name that the type does not have': (
        lambda folder: connected().createMultiple('Defect', [{'Nmae': 'a'}]),
        errors.MultipleOperationError, None),
    'an updated item that cannot be read again': (
        lambda folder: connected({'OperationResult': {'Errors': [], 'Warnings': []}}, NO_ANSWER)
        .update('Defect', 5, {'Name': 'a'}), errors.RallyRESTAPIError, requests.RequestException),
    'an item that the service does not give': (
        lambda folder: connected(result([], Errors=['gone']))._itemQuery('Defect', 5),
        errors.RallyRESTAPIError, None),
    'a read that fails, raised when it is asked for': (
        lambda folder: list(connected(NO_ANSWER).get('Defect')), TransportError,
        requests.RequestException),
    'a project path that leads nowhere': (
        lambda folder: connected().setProject('A // B'), errors.NotFoundError, None),
}


@pytest.mark.parametrize('case', sorted(CASES))
def test_one_error_of_ours_shows_and_behind_it_the_foreign_one_alone(case, tmpdir):
    provoke, cls, foreign = CASES[case]
    with pytest.raises(cls) as caught:
        provoke(tmpdir)
    shown = behind(caught.value)
    assert [type(error) for error in shown if isinstance(error, PyralError)] == []
    assert shown == ([] if foreign is None else [caught.value.__cause__])
    assert foreign is None or isinstance(shown[0], foreign)


def test_what_a_caller_was_handling_still_shows():
    try:
        raise KeyError('of the caller')
    except KeyError:
        with pytest.raises(TransportError) as caught:
            BaseUrl.parse('h').admit('https://elsewhere/x')
    assert getattr(caught.value, '__suppress_context__', False) is False


def test_the_cause_is_an_attribute_and_goes_with_a_copy_but_not_with_a_pickle():
    foreign = IOError('x')
    inner = TransportError('inner', cause=foreign)
    outer = RallyResponseError('outer', cause=inner)
    assert outer.cause is inner and outer.__cause__ is foreign and outer.copy().__cause__ is foreign
    assert PyralError('alone').__cause__ is None
    again = pickle.loads(pickle.dumps(outer, 2))
    assert again.__cause__ is None and again.cause.args == ('inner',)


def test_json_nested_too_deep_is_no_json_and_nothing_else_shows():
    with pytest.raises(ValueError) as caught:
        load_json(b'[' * 200000)
    assert behind(caught.value) == []
