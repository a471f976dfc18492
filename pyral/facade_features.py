"""The methods of `Rally` about attachments, rank, people and the log of what happens."""
from __future__ import absolute_import, division, print_function

import sys

from pyral import people
from pyral.http.log import InteractionLog
from pyral.writing import attachments, lookup, ranking

__all__ = ['FeatureMethods']


class FeatureMethods(object):
    """What items have besides attributes, who works on them, and the log."""

    def getUserInfo(self, oid=None, username=None, name=None):
        """Return one `User` by `oid`, or the list of users with a user name or display name.

        A user who is disabled is found by `oid` only; see `getAllUsers`.

        :raises RallyRESTAPIError: nothing was specified, or no user has the ObjectID.
        """
        return people.user_info(self._connection, oid, username, name)

    def getAllUsers(self, workspace=None):
        """Return all users of a workspace, disabled ones included, their profiles with them.

        Only subscription administrators see the profiles of others; a warning says so.

        :param workspace: a name, reference or entity; the current one by default.
        :returns: a list of `User`.
        """
        return people.all_users(self._connection, workspace)

    def addAttachment(self, artifact, filename, mime_type='text/plain'):
        """Attach a local file to an artifact or test case result and return the `Attachment`.

        :param artifact: an entity, a reference or a FormattedID.
        :param filename: path of the file, of at most 50,000,000 bytes and not empty.
        :param mime_type: None guesses it from the name.
        :returns: False for a FormattedID nobody has.
        :raises RallyRESTAPIError: there is no such file, it is too large, or it was refused.
        """
        return attachments.add(self._connection, artifact, filename, mime_type)

    def addAttachments(self, artifact, attachments):
        """Attach several local files.

        :param attachments: dicts with `Name` (path of the file) and one of `mime_type`,
            `MimeType`, `content_type`, `ContentType`; those without a type are passed over.
        :returns: True where every file with a type was attached.
        :raises RallyRESTAPIError: one of the files cannot be attached; nothing was sent.
        """
        return _add_attachments(self._connection, artifact, attachments)

    def getAttachment(self, artifact, filename):
        """Return an attachment with its decoded bytes as `Content`.

        The reference to the content stays beside it as `ContentRef`.

        :param filename: the name, or the attachment itself where names repeat.
        :returns: None for no such name; False for a FormattedID nobody has.
        """
        return attachments.get(self._connection, artifact, filename)

    def getAttachmentNames(self, artifact):
        """Return the names of the attachments of an item."""
        return attachments.names(self._connection, artifact)

    def getAttachments(self, artifact):
        """Return all attachments of an item, each with its decoded bytes as `Content`."""
        return attachments.get_all(self._connection, artifact)

    def deleteAttachment(self, artifact, filename):
        """Delete one attachment and return the item, read again.

        :param filename: the name, or the attachment itself where names repeat.
        :returns: False for no such name.
        """
        return attachments.delete(self._connection, artifact, filename)

    def saveAttachment(self, attachment, folder='.'):
        """Write an attachment to a file in a folder and return the path.

        The name comes from the service, made safe: it cannot lead out of the folder, and no
        existing file is overwritten. The content goes to the file as it arrives.

        :param attachment: an `Attachment` or a reference to one.
        :param folder: an existing folder.
        """
        return attachments.save(self._connection, attachment, folder)

    def saveAttachments(self, artifact, folder='.'):
        """Write all attachments of an item to files in a folder and return the paths."""
        return attachments.save_all(self._connection, artifact, folder)

    def rankAbove(self, reference_artifact, target_artifact):
        """Rank an artifact directly above another one."""
        return ranking.rank(self._connection, target_artifact, 'rankAbove', reference_artifact)

    def rankBelow(self, reference_artifact, target_artifact):
        """Rank an artifact directly below another one."""
        return ranking.rank(self._connection, target_artifact, 'rankBelow', reference_artifact)

    def rankToTop(self, target_artifact):
        """Rank an artifact before all others."""
        return ranking.rank(self._connection, target_artifact, 'TOP')

    def rankToBottom(self, target_artifact):
        """Rank an artifact after all others."""
        return ranking.rank(self._connection, target_artifact, 'BOTTOM')

    rankTop = rankToTop
    rankBottom = rankToBottom

    def findWritten(self, error):
        """Return what the service holds of a write that got no answer.

            try:
                rally.create('Defect', {'Name': name})
            except RallyRESTAPIError as error:
                found = error.find(rally) if error.outcome_unknown else None

        :param error: what the write raised, with `outcome_unknown`.
        :returns: a list of entities, newest first; for a batch, one list for each entry. An item
            that was there before and has the same values is in it, too.
        :raises RallyRESTAPIError: the error is not about a write, or the look-up failed.
        """
        return lookup.find(self._connection, error)

    def enableLogging(self, dest=None, attrget=False, append=False):
        """Write a line for each request and answer; secrets are masked.

        :param dest: a file name or an object with `write`; standard output by default.
        :param attrget: also write what attribute access reads.
        :param append: keep what the file holds.
        :raises ConfigError: the destination cannot be written to.
        """
        self.disableLogging()
        self._log = InteractionLog(
            self._transport, sys.stdout if dest is None else dest,
            self.contextHelper.user, attrget, append)

    def disableLogging(self):
        """Stop writing; a file opened by `enableLogging` is closed, a stream stays open."""
        log, self._log = self._log, None
        if log is not None:
            log.close()

    def enableWarnings(self):
        """Say on stderr when another default project is taken."""
        self.contextHelper.warn = True

    def disableWarnings(self):
        """Keep silent when another default project is taken."""
        self.contextHelper.warn = False

    def warningsEnabled(self):
        """Return whether `enableWarnings` holds."""
        return bool(self.contextHelper.warn)


_add_attachments = attachments.add_many
