"""Findings of the doctor: a verdict a line, what to do, and all of them as table, JSON and HTML."""
from __future__ import absolute_import, division, print_function

import json

from pyral._compat import ensure_native, ensure_text, fill, python_2_str
from pyral.entity.html import escaped

__all__ = ['FAILURE', 'Finding', 'Findings', 'NOTE', 'OK', 'WARNING']

OK, NOTE, WARNING, FAILURE = 'ok', 'note', 'warning', 'failure'
#: From good to bad; a note is for information.
_VERDICTS = (OK, NOTE, WARNING, FAILURE)
_WIDTH = 100
_COLORS = {OK: u'#1a7f37', NOTE: u'#57606a', WARNING: u'#9a6700', FAILURE: u'#cf222e'}


@python_2_str
class Finding(object):
    """What one check found.

        finding = rally.doctor()[0]
        print(finding.check, finding.verdict, finding.text, finding.advice)

    Its text is the line of the table.

    :param check: the name of the check, such as `TLS`.
    :param verdict: `ok`, `note`, `warning` or `failure`.
    :param text: what was found, a sentence.
    :param advice: what to do about it; empty where there is nothing to do.
    :param facts: a dict of what else is known; its values are text, numbers, lists of these.
    :param seconds: how long the check took.
    """

    __slots__ = ('check', 'verdict', 'text', 'advice', 'seconds', 'facts')

    def __init__(self, check, verdict, text, advice=u'', facts=None, seconds=0.0):
        self.check, self.verdict = check, verdict
        self.text, self.advice = ensure_text(text), ensure_text(advice or u'')
        self.seconds, self.facts = seconds, dict(facts or {})

    def __repr__(self):
        return ensure_native(fill(u'<Finding {0} {1}: {2}>', self.check, self.verdict, self.text))

    def __str__(self):
        lines = _wrapped(fill(u'{0:<8} {1:<13} ', self.verdict, self.check), self.text)
        if self.advice:
            lines += _wrapped(u' ' * 23 + u'-> ', self.advice)
        return u'\n'.join(lines)

    @property
    def was_made(self):
        """False where the check depends on one that failed, and was not made.

            made = [finding for finding in rally.doctor() if finding.was_made]

        Its text says which one.
        """
        return 'because' not in self.facts

    def to_dict(self):
        """Return the finding as a dict, as it stands in JSON.

            >>> sorted(rally.doctor()[0].to_dict())
            ['advice', 'check', 'facts', 'seconds', 'text', 'verdict']
        """
        return {'check': self.check, 'verdict': self.verdict, 'text': self.text,
                'advice': self.advice, 'seconds': round(self.seconds, 4), 'facts': self.facts}


@python_2_str
class Findings(list):
    """All findings of an examination, in the order of the checks: a list of `Finding`.

        findings = rally.doctor()
        print(findings)
        assert findings.verdict != 'failure'

    Its text is a table, and so is what a notebook shows.
    """

    def __repr__(self):
        return '<Findings {0}: {1} checks>'.format(self.verdict, len(self))

    def __str__(self):
        return u'\n'.join([ensure_text(str(each)) for each in self if each.was_made]
                          + [self.summary])

    def _repr_html_(self):
        head = u''.join(u'<th style="text-align:left">' + name + u'</th>'
                        for name in (u'Verdict', u'Check', u'Finding', u'What to do'))
        rows = [fill(u'<tr><td style="color:{0}">{1}</td>{2}</tr>', _COLORS[each.verdict],
                     each.verdict, u''.join(fill(u'<td style="text-align:left">{0}</td>',
                                                 escaped(text))
                                            for text in (each.check, each.text, each.advice)))
                for each in self if each.was_made]
        return fill(u'<table><caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody>'
                    u'</table>', escaped(self.summary), head, u''.join(rows))

    @property
    def verdict(self):
        """The worst verdict.

            >>> rally.doctor().verdict in ('ok', 'note', 'warning')
            True
        """
        return max([each.verdict for each in self] or [OK], key=_VERDICTS.index)

    @property
    def exit_code(self):
        """1 where a check failed, 0 otherwise.

            >>> rally.doctor().exit_code
            0
        """
        return 1 if self.verdict == FAILURE else 0

    @property
    def summary(self):
        """One line over all findings, with the checks that were not made because another failed.

            >>> print(rally.doctor().summary)
            No failure...
        """
        failed = [each.check for each in self if each.verdict == FAILURE]
        warned = [each.check for each in self if each.verdict == WARNING]
        told = fill(u'Failed: {0}. Begin with the first.' if len(failed) > 1 else u'Failed: {0}.',
                    u', '.join(failed)) if failed else u'No failure.'
        kept = [each.check for each in self if not each.was_made]
        return told + (fill(u' Warnings: {0}.', u', '.join(warned)) if warned else u'') + (
            fill(u' Not made: {0}.', u', '.join(kept)) if kept else u'')

    def of(self, check):
        """Return the finding of a check; of several the worst, None where there is none.

            >>> rally.doctor().of('sign-in').verdict
            'ok'

        :param check: its name.
        """
        found = [each for each in self if each.check == check]
        return max(found, key=lambda each: _VERDICTS.index(each.verdict)) if found else None

    def to_json(self):
        """Return the findings as JSON: an object with `verdict`, `exit_code` and `findings`.

            print(rally.doctor().to_json())

        No secret is in it.
        """
        return json.dumps({'verdict': self.verdict, 'exit_code': self.exit_code,
                           'findings': [each.to_dict() for each in self]}, indent=2,
                          sort_keys=True)


def _wrapped(begin, text):
    """Return text as lines that are not too long, all below the place where the first begins."""
    lines, line = [], u''
    for word in text.split():
        if line and len(begin) + len(line) + 1 + len(word) > _WIDTH:
            lines.append(line)
            line = word
        else:
            line = line + u' ' + word if line else word
    lines.append(line)
    return [(begin if number == 0 else u' ' * len(begin)) + each
            for number, each in enumerate(lines)]
