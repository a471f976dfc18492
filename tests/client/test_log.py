# -*- coding: utf-8 -*-
"""The log file of a connection."""
from __future__ import absolute_import, division, print_function, unicode_literals


def test_a_log_of_an_upload_is_no_copy_of_the_file(rally, tmpdir):
    path, log = tmpdir.join('a.bin'), tmpdir.join('wire.log')
    path.write_binary(b'x' * 30000)
    story = rally.create('Story', {'Name': 'with a file', 'Description': 'y' * 5000})
    rally.enableLogging(str(log))
    rally.addAttachment(story, str(path))
    rally.update('Story', story, {'Description': 'z' * 5000})
    rally.disableLogging()
    text = log.read()
    assert 'PUT attachmentcontent/create' in text and '"Content": "eHh4' in text
    assert '... (40' in text and 'eHh4' * 500 not in text
    assert 'z' * 5000 in text
