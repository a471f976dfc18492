"""`Rally.from_profile`: a connection with the settings of a profile, for what connecting costs."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import ConfigError, Rally
from pyral._compat import ensure_text
from pyral.advice import RallyWarning

pytestmark = pytest.mark.usefixtures('bare_environment')


@pytest.fixture
def connect(emu, no_settings, monkeypatch, tmpdir):
    """Return `from_profile` of a file with the emulated Rally; it tells each server it went to."""
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmpdir.join('user')))
    path = tmpdir.join('user', 'pyral', 'config')
    path.write_binary(ensure_text(
        '[default]\nserver = {0.url}\napikey = helper: echo {0.apikey}\n'
        '[word]\nserver = {0.url}\nuser = {0.user}\npassword: {0.password}\n'
        'workspace = {0.workspace}\nproject = Company\nprojct = typo\n'
        '[mute]\nserver = {0.url}\nuser = {0.user}\npassword = helper: false\n'
        .format(emu)).encode('utf-8'), ensure=True)
    path.chmod(0o600)
    options = {} if emu.emulator is None else {'adapter': emu.emulator.adapter()}
    return lambda *args, **keywords: OurRally.from_profile(*args, **dict(options, **keywords))


class OurRally(Rally):
    """A class of a script."""


@pytest.mark.parametrize('args, variable, options, expected', [
    ((), None, {}, ('key', None)), (('default',), None, {}, ('key', None)),
    (('word',), None, {}, ('word', 'Company')), ((), 'word', {}, ('word', 'Company')),
    (('default',), 'word', {'project': 'Company'}, ('key', 'Company')),
    (('word',), None, {'project': None, 'workspace': None}, ('word', None)),
])
@pytest.mark.filterwarnings('ignore::pyral.advice.RallyWarning')
def test_a_profile_is_connected_with(connect, emu, monkeypatch, args, variable, options, expected):
    if variable is not None:
        monkeypatch.setenv('RALLY_PROFILE', variable)
    rally = connect(*args, **options)
    way, project = expected
    assert type(rally) is OurRally and rally.requests_made <= 3
    assert (rally.apikey, rally.password) == (
        (emu.apikey, None) if way == 'key' else (None, emu.password))
    assert rally.getProject().Name == (project or emu.project)


def test_what_is_given_wins_and_what_it_replaces_is_not_asked_for(connect, emu):
    assert connect('mute', apikey=emu.apikey).me().UserName == emu.user
    assert connect('mute', password=emu.password).user == emu.user


@pytest.mark.parametrize('call, said', [
    (lambda connect: connect('wrod'), "no profile 'wrod'"),
    (lambda connect: connect('mute'), "the helper 'false' ended with exit code 1"),
    (lambda connect: connect('word', strict=True), 'did you mean project?'),
])
def test_what_is_wrong_with_a_profile_is_told_before_anything_is_sent(connect, call, said):
    def send(self, *args, **options):
        raise AssertionError('sent')

    adapter = type('Refusing', (object,), {'send': send, 'close': lambda self: None})()
    with pytest.raises(ConfigError) as caught:
        call(lambda *args, **options: connect(*args, **dict(options, adapter=adapter)))
    assert said in str(caught.value)


def test_unknown_names_are_warned_of_at_the_line_of_the_script(connect):
    with pytest.warns(RallyWarning, match='did you mean project[?]') as heard:
        connect('word')
    assert heard[0].filename.startswith(__file__.rstrip('c'))
    with pytest.raises(TypeError):
        connect('default', strict=True, projct='x')
