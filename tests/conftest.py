"""What every suite shares: a cache folder of its own, the watch over secrets, the other Pythons."""
import gc
import itertools
import os
import random
import signal
import socket
import zlib

import pytest

from tests.secret_watch import SecretWatch

try:
    import hypothesis
except ImportError:  # the environments of other interpreters have none
    hypothesis = None

#: Decides all that a test leaves to chance: the same in each run, unless another is asked for.
SEED = os.environ.get('PYRAL_TEST_SEED')
#: When garbage is looked for where it cannot be frozen, before Python 3.7: among all that a run
#: holds, the usual limits cost up to a third of the time of a test.
COLLECTED_AFTER = 10000, 10, 10


def pytest_configure(config):
    """Watch over all that is written during the run; the controller of workers runs no test."""
    heed_ctrl_c()
    config.secret_watch = SecretWatch()
    config.secret_watch.listen()
    config.pluginmanager.register(config.secret_watch, 'secret-watch')
    know_no_invalid_name()
    if not hasattr(gc, 'freeze'):
        gc.set_threshold(*COLLECTED_AFTER)
    if hypothesis is not None:
        independent_of_speed_and_chance()


def heed_ctrl_c():
    """Let Ctrl-C end what tests start, also where the shell ignores it for a job behind `&`."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def independent_of_speed_and_chance():
    """Let no property fail because the machine is slow, or in one run of many.

    Tests are imported after this.
    """
    checks = hypothesis.HealthCheck
    hypothesis.settings.register_profile('suite', deadline=None, derandomize=SEED is None,
                                         suppress_health_check=[
            checks.too_slow, checks.data_too_large, checks.filter_too_much,
            checks.large_base_example, checks.function_scoped_fixture])
    hypothesis.settings.load_profile('suite')


def know_no_invalid_name():
    """Say of each name under `.invalid` and `.test` that it is not known, without asking anybody.

    Some resolvers know every name, and one that cannot be reached takes its time to say so.
    """
    look_up = socket.getaddrinfo

    def getaddrinfo(host, *args, **options):
        name = host if host is None or isinstance(host, bytes) else host.encode('idna')
        if name is not None and name.lower().endswith((b'.invalid', b'.test')):
            raise socket.gaierror(socket.EAI_NONAME, 'Name or service not known')
        return look_up(host, *args, **options)

    socket.getaddrinfo = getaddrinfo


#: Folders where single tests take long begin, so that no worker is alone with one at the end;
#: what came of the soak beside the run is asked for last.
ORDER = {'meta': 0, 'fuzz': 0, 'benchmarks': 0, 'emulator': 1, 'soak': 3}


def pytest_runtest_logstart(nodeid):
    """Note which test is running, for who may have to end a run that hangs."""
    if os.environ.get('PYRAL_TEST_NOTE'):
        with open(os.environ['PYRAL_TEST_NOTE'], 'w') as note:
            note.write(nodeid)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Begin each test, whatever ran before it, with the random numbers of its name."""
    name = '{0}/{1}'.format(SEED or 'suite', item.nodeid)
    random.seed(zlib.crc32(name.encode('utf-8')))


def pytest_runtest_teardown(item):
    """Let go of what a test was given, so that garbage collection finds what stayed open."""
    for name in set(getattr(item, 'funcargs', ())) - set(['tmpdir', 'tmp_path']):
        del item.funcargs[name]  # the watch over secrets still looks into the two folders


def pytest_collection_modifyitems(items):
    """Order the tests by their folders; the order within a folder stays."""
    items.sort(key=lambda item: ORDER.get(item.nodeid.split('/')[1], 2))


def pytest_terminal_summary(terminalreporter):
    """Show what the SDK's suites said on other interpreters, above the closing line."""
    lines = os.environ.get('PYRAL_MATRIX_SUMMARY', '').splitlines()
    if lines:
        terminalreporter.section('the SDK on other interpreters')
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope='session', autouse=True)
def what_the_session_left():
    """Collect garbage after the last test, so that what is still open then is reported."""
    yield
    if hasattr(gc, 'freeze'):
        gc.unfreeze()
        gc.collect()


@pytest.fixture(scope='module', autouse=True)
def what_the_file_left():
    """Collect garbage after the last test of a file: what it left open is reported there.

    What stays, such as modules, is not looked at again at each collection of the rest of the run.
    """
    yield
    if hasattr(gc, 'freeze'):  # Pythons before 3.7 report nothing
        gc.collect()
        gc.freeze()


@pytest.fixture(scope='session')
def caches(tmpdir_factory):
    """Where the caches of a run are, one folder for each test, and their number."""
    return str(tmpdir_factory.mktemp('caches')), itertools.count()


@pytest.fixture(autouse=True)
def no_cache_of_the_user(caches, monkeypatch, pytestconfig):
    """Give each test, and every process it starts, an empty cache folder and no profile."""
    root, numbers = caches
    monkeypatch.setenv('XDG_CONFIG_HOME', os.path.join(root, 'no-profiles'))
    monkeypatch.delenv('RALLY_PROFILE', raising=False)
    folder = os.path.join(root, str(next(numbers)))
    monkeypatch.setenv('XDG_CACHE_HOME', folder)
    pytestconfig.secret_watch.caches.append(folder)
    monkeypatch.delenv('PYRAL_SCHEMA_CACHE', raising=False)


#: What requests and the transport read from the environment of a process.
SETTINGS_OF_A_MACHINE = ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'RALLY_PING')


@pytest.fixture
def bare_environment(monkeypatch, tmpdir):
    """Keep proxies, bundles and netrc files of this machine out of a test.

    A file takes it with `pytestmark = pytest.mark.usefixtures('bare_environment')`.
    """
    for name in list(os.environ):
        if name.lower().endswith('_proxy') or name in SETTINGS_OF_A_MACHINE:
            monkeypatch.delenv(name)
    monkeypatch.setenv('NETRC', str(tmpdir.join('none')))
    monkeypatch.setenv('HOME', str(tmpdir))


@pytest.fixture
def no_settings(monkeypatch):
    """Keep settings that stand in the environment out of a test."""
    for name in list(os.environ):
        if name.startswith('RALLY_') or name == 'APIKEY':
            monkeypatch.delenv(name)
