"""The examination: checks in order, each within a time limit, and what depends on a failed one.

It never raises for what it finds. A check that fails by itself is a finding, too.
"""
from __future__ import absolute_import, division, print_function

import os
import threading
from collections import namedtuple

from pyral import config
from pyral._compat import ensure_native, fill, monotonic, text_of
from pyral.doctor import network_checks, service_checks, settings_checks
from pyral.doctor.examined_setup import LOOK_S, SECRETS, ExaminedSetup, quietly, sentence_of
from pyral.doctor.finding import FAILURE, NOTE, Findings
from pyral.errors import PyralError
from pyral.http.library import uses_sockets
from pyral.redact import Secret

__all__ = ['CHECKS', 'examine', 'examine_connection']

#: A check: its name, a function of an `ExaminedSetup` that yields findings, the checks it depends
#: on, and whether it looks at the network itself.
_Check = namedtuple('_Check', 'name function needs is_network')


def _check(name, function, *needs, **options):
    return _Check(name, function, needs, options.get('is_network', False))


CHECKS = (
    _check('versions', settings_checks.check_versions),
    _check('settings', settings_checks.check_settings),
    _check('server', settings_checks.check_server, 'settings'),
    _check('certificates', settings_checks.check_certificates, 'server'),
    _check('credentials', settings_checks.check_credentials, 'settings'),
    _check('proxy', network_checks.check_proxy, 'certificates', is_network=True),
    _check('DNS', network_checks.check_dns, 'proxy', is_network=True),
    _check('TCP', network_checks.check_tcp, 'DNS', is_network=True),
    _check('TLS', network_checks.check_tls, 'TCP', is_network=True),
    _check('service', service_checks.check_service, 'TLS'),
    _check('clock', service_checks.check_clock, 'TLS'),
    _check('sign-in', service_checks.check_sign_in, 'service', 'credentials'),
    _check('workspace', service_checks.check_workspace, 'sign-in'),
    _check('project', service_checks.check_project, 'workspace'),
    _check('writing', service_checks.check_writing, 'sign-in'),
    _check('schema cache', service_checks.check_schema_cache, 'server'),
    _check('schema', service_checks.check_schema, 'workspace'),
    _check('page', service_checks.check_page, 'workspace'),
)
#: A check may look so often again after something failed.
_LOOKS, _GRACE_S = 2, 3.0
_ELSEWHERE = u"not made: the connection has an adapter of its own"


def examine(args=(), profile=None, environ=None, folder=None, time_limit=20, tries_write=True,
            on_finding=None, verify_ssl_cert=True, schema_cache=None, **settings):
    """Check settings, network, service and account, and return what was found: `Findings`.

        from pyral.doctor import examine

        findings = examine(server=server, apikey=apikey)
        print(findings)

    It works where no `Rally` can be made, raises for nothing that it finds, and ends: each check
    has a time limit. Nothing is written. One request asks for an update of an item that cannot
    exist, because the service refuses only writes of a read-only API key. In all it makes seven
    requests, more in few cases: see :doc:`connecting_trouble`.

    :param args: options as for `rallyWorkset`, such as `sys.argv[1:]`.
    :param profile: the name of a profile in the user's own file; see :doc:`configuration`.
    :param environ: a mapping of environment variables; those of the process by default.
    :param folder: where relative names of config files start; the current one by default.
    :param time_limit: seconds for each check.
    :param tries_write: False leaves out the request that tells a read-only key.
    :param on_finding: called with each `Finding` at once.
    :param verify_ssl_cert: and `schema_cache`, as for `Rally`.
    :param settings: `server`, `user`, `password`, `apikey`, `workspace`, `project`, which win over
        options, files and environment.
    :raises TypeError: there is no such setting.
    """
    settings = dict((name, Secret(value)) for name, value in settings.items())
    for name in settings:
        if name not in [setting.name for setting in config.SETTINGS]:
            raise TypeError(fill("examine() takes no '{0}'", ensure_native(name)))
    environ = Secret(os.environ if environ is None else environ)
    setup = _setup_of(args, profile, environ, os.getcwd() if folder is None else folder, settings,
                      time_limit, verify=verify_ssl_cert, schema_cache=schema_cache,
                      tries_write=tries_write)
    return _examined(setup, on_finding)


def examine_connection(transport, values, schema_cache, time_limit, tries_write, on_finding):
    """Check a connection that is there; see `Rally.doctor`.

    :param transport: its `Transport`.
    :param values: what it was made with, by setting; secrets as `Secret`.
    """
    sources = dict((name, u'the connection') for name in values)
    setup = ExaminedSetup(values, sources, Secret(os.environ), time_limit, tries_write=tries_write,
                          schema_cache=schema_cache)
    setup.take_transport(transport)
    setup.is_elsewhere = not uses_sockets(setup.transport.session, setup.base_url.url)
    return _examined(setup, on_finding)


def _setup_of(args, profile, environ, folder, given, limit_s, **options):
    given = dict((name, value) for name, value in given.items() if value.reveal() is not None)
    # What is no text, such as an entity, goes on as it is.
    as_text = dict((name, Secret(fill(u'{0}', value.reveal()))) for name, value in given.items())
    found, problem, remarks = quietly(config.sourced_settings, args, profile, as_text,
                                      environ.reveal(), folder)
    values = dict((setting.name, setting.default) for setting in config.SETTINGS)
    values.update((name, value) for name, (value, _) in (found or {}).items())
    values.update((name, value.reveal()) for name, value in given.items())
    values.update((name, Secret(values[name])) for name in SECRETS)
    sources = dict((name, place) for name, (_, place) in (found or {}).items())
    setup = ExaminedSetup(values, sources, environ, limit_s, **options)
    setup.problem, setup.remarks = problem, remarks
    return setup


def _examined(setup, on_finding):
    found, failed = Findings(), {}
    for check in CHECKS:
        begun = monotonic()
        because = next((need for need in check.needs if need in failed), None)
        if because is not None:
            # What failed first is what is to be mended.
            failed[check.name] = failed[because]
            made = [setup.finding(check.name, NOTE, fill(
                u"not made, because {0} failed", failed[because]), facts={
                    'made': False, 'because': failed[because]})]
        elif check.is_network and setup.is_elsewhere:
            made = [setup.finding(check.name, NOTE, _ELSEWHERE, facts={'made': False})]
        else:
            made = _made(setup, check)
        seconds = monotonic() - begun
        if any(each.verdict == FAILURE for each in made):
            failed[check.name] = check.name
        for each in made:
            each.seconds = seconds
            found.append(each)
            if on_finding is not None:
                on_finding(each)
    return found


def _made(setup, check):
    """Return the findings of one check, made in a thread so that nothing can keep it for ever."""
    results = []
    thread = threading.Thread(target=_run, args=(setup, check, results))
    thread.daemon = True
    thread.start()
    thread.join(setup.limit_s + _LOOKS * min(setup.limit_s, LOOK_S) + _GRACE_S)
    if thread.is_alive():
        return [setup.finding(check.name, FAILURE, fill(
            u"it did not end within {0:g} s", setup.limit_s),
            u"Something keeps this check waiting: the network, DNS or a disk. Allow more with "
            u"time_limit, or look there.")]
    return results


def _run(setup, check, results):
    made = []
    try:
        for finding in check.function(setup):
            made.append(finding)
    except PyralError as error:
        made.append(setup.finding(check.name, FAILURE, sentence_of(error), error.hint, {
            'error': text_of(error.cause or error.message)}))
    except Exception as error:  # a doctor that fails says so and goes on
        made.append(setup.finding(check.name, FAILURE, fill(
            u"the check failed by itself: {0}: {1}", type(error).__name__, text_of(error)),
            u"The other findings hold; please report this one."))
    results.extend(made)
