"""A progress bar on a terminal's error output for long work; nothing in a pipe."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, monotonic

__all__ = ['ProgressBar']

#: Work that takes less shows no bar.
_QUIET_S = 0.7
_BAR = 24


class ProgressBar(object):
    """A line that says how much is done, drawn again and again.

    :param sink: the `TextSink` of the error output.
    :param is_shown: False where it would stand between the lines of the output.
    """

    def __init__(self, sink, is_shown=True):
        self._sink = sink
        self.is_shown = is_shown and sink.is_terminal
        self._began_at = monotonic()
        self._drawn = 0

    def __call__(self, done, total):
        """Show how much is done: what `on_progress` of the library calls."""
        if not self.is_shown or monotonic() - self._began_at < _QUIET_S:
            return
        share = min(done / total, 1.0) if total else 1.0
        full = int(share * _BAR)
        text = fill(u"{0}/{1} [{2}{3}] {4:3.0f}%", done, total, u'#' * full, u'-' * (_BAR - full),
                    share * 100)
        if len(text) >= self._sink.width:
            text = fill(u"{0}/{1}", done, total)
        self._sink.write(u'\r' + text + u' ' * max(self._drawn - len(text), 0))
        self._sink.flush()
        self._drawn = len(text)

    def clear(self):
        """Take the line away, before something else is written."""
        if self._drawn:
            self._sink.write(u'\r' + u' ' * self._drawn + u'\r')
            self._sink.flush()
            self._drawn = 0
