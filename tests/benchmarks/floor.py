"""What the wire allows: the same pages with urllib3 and a JSON reader, at the same width.

    python floor.py JOB FACTS json|orjson [at-once]

The first page comes first, since it says how many there are; the others through a window of
threads. With `at-once` the window begins with the first page, as where the number is known. Items
are plain dicts.
"""

import json
import resource
import ssl
import sys
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

import urllib3

FACTS = json.loads(sys.argv[2])
if sys.argv[3] == 'orjson':
    import orjson

    loads = orjson.loads
else:
    loads = json.loads


def pages():
    """Yield the items of each page in order, no more pages under way than the width."""
    pool = urllib3.PoolManager(
        maxsize=FACTS['width'], ssl_context=ssl.create_default_context(cafile=FACTS['bundle'])
    )
    headers = {'ZSESSIONID': FACTS['apikey']}

    def read(page):
        url = '{0}/slm/webservice/v2.0/defect?fetch=true&start={1}&pagesize={2}'.format(
            FACTS['url'], page[0], page[1]
        )
        return loads(pool.request('GET', url, headers=headers).data)['QueryResult']['Results']

    rest = iter(FACTS['pages'])
    if 'at-once' not in sys.argv[4:] or sys.argv[1] == 'first':
        yield read(next(rest))
    with ThreadPoolExecutor(FACTS['width']) as executor:
        window = deque(executor.submit(read, page) for page in islice(rest, FACTS['width']))
        while window:
            items = window.popleft().result()
            following = next(rest, None)
            if following is not None:
                window.append(executor.submit(read, following))
            yield items


def stream():
    """Touch three attributes of every item and keep none."""
    return sum(
        len(item['FormattedID']) + len(item['Name']) + len(item['State'])
        for page in pages()
        for item in page
    )


def hold():
    """Keep every item, and touch one attribute of each."""
    kept = [item for page in pages() for item in page]
    return sum(len(item['FormattedID']) for item in kept)


def first():
    """Take the first item of one page."""
    return len(next(pages())[0]['FormattedID'])


if __name__ == '__main__':
    started = time.time()
    result = {'stream': stream, 'hold': hold, 'first': first}[sys.argv[1]]()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                'seconds': time.time() - started,
                'result': result,
                'cpu_s': usage.ru_utime + usage.ru_stime,
                'peak_mb': usage.ru_maxrss / 1024.0,
            }
        )
    )
