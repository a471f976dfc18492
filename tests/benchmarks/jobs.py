"""One benchmark job with whatever pyral this interpreter has; prints one line of JSON.

    python jobs.py JOB FACTS ['no-orjson'] [FORM]

It runs as a plain script with the interpreter of a contender, so it uses only what the released
pyral 1.6.0 and ours have in common, and imports nothing of this repository by itself.
"""

import json
import os
import resource
import sys
import threading
import time
import warnings

if 'no-orjson' in sys.argv[3:]:
    sys.modules['orjson'] = None  # importing it fails, as where it is not installed

warnings.simplefilter('ignore')
FACTS = json.loads(sys.argv[2])
os.environ['REQUESTS_CA_BUNDLE'] = FACTS['bundle']


def connect():
    """Return a connection."""
    from pyral import Rally

    return (
        Rally(server=FACTS['server'], apikey=FACTS['apikey'], workspace='Main', project='Team A')
        if FACTS.get('named')
        else Rally(server=FACTS['server'], apikey=FACTS['apikey'])
    )


def query(rally):
    """Return the response of the query all reading jobs make."""
    return (
        rally.get('Defect', fetch=True, pagesize=FACTS['pagesize'])
        if FACTS.get('pagesize')
        else rally.get('Defect', fetch=True)
    )


def stream(rally):
    """Touch three attributes of every item and keep none."""
    touched = 0
    for item in query(rally):
        touched += len(item.FormattedID) + len(item.Name) + len(item.State)
    return touched


#: The columns of rows: text, numbers, an attribute of a reference, a time, a collection of names.
FIELDS = 'FormattedID,Name,ObjectID,PlanEstimate,Owner.DisplayName,CreationDate,Tags'
FETCH = 'FormattedID,Name,ObjectID,PlanEstimate,Owner,DisplayName,CreationDate,Tags'


def rows(rally):
    """Read the fields of rows of every item in a loop that looks at none, or write them to a file.

    The form is the last argument: `bare` for the loop, or what a response has a `to_` for.
    """
    form, response = sys.argv[-1], rally.get('Defect', fetch=FETCH)
    if form != 'bare':
        path = os.path.join(FACTS['folder'], 'items.' + form)
        return getattr(response, 'to_' + form)(path, FIELDS)
    for _ in response:
        pass
    return response.served


def prepare_rows(rally):
    """Do once what no row costs: read the schema, and import what takes half a second."""
    rally.contextHelper.catalogue()
    if sys.argv[-1] == 'parquet':
        import pyarrow.parquet

        pyarrow.array(['2024-01-31T10:00:00Z']).cast(pyarrow.timestamp('ms', tz='UTC'))


def hold(rally):
    """Keep every item, and touch one attribute of each."""
    kept = [item for item in query(rally)]
    return sum(len(item.FormattedID) for item in kept)


def first(rally):
    """Take the first item."""
    return len(next(iter(query(rally))).FormattedID)


def related(rally):
    """Read the names of the tasks and the owner's address of every defect."""
    touched = 0
    for defect in query(rally):
        touched += len(defect.Owner.EmailAddress) + sum(len(task.Name) for task in defect.Tasks)
    return touched


def create_single(rally):
    """Create as many defects as are wanted, one by one."""
    for number in range(FACTS['count']):
        rally.create('Defect', {'Name': 'made {0}'.format(number)})
    return FACTS['count']


def create_batch(rally):
    """Create as many in batches."""
    rally.createMultiple(
        'Defect', [{'Name': 'made {0}'.format(number)} for number in range(FACTS['count'])]
    )
    return FACTS['count']


class Memory(threading.Thread):
    """What this process holds, looked at every so often while a job runs; nothing but on Linux."""

    EVERY_S = 0.02

    def __init__(self):
        super(Memory, self).__init__()
        self.daemon = True
        self.seen, self._ended = [], threading.Event()

    def run(self):
        """Look until the job has ended."""
        while os.path.exists('/proc/self/statm') and not self._ended.wait(self.EVERY_S):
            with open('/proc/self/statm') as facts:
                self.seen.append(int(facts.read().split()[1]))

    def growth(self):
        """Return the median of the last fifth of the job as a multiple of that of its second."""
        self._ended.set()
        self.join()
        fifth = len(self.seen) // 5
        early, late = sorted(self.seen[fifth : 2 * fifth]), sorted(self.seen[4 * fifth :])
        return float(late[len(late) // 2]) / early[fifth // 2] if fifth else None


def main(name):
    """Run a job; connecting counts for the job `connect` alone."""
    memory = Memory()
    if name == 'connect':
        import pyral  # noqa: F401 - importing is a job of its own

        memory.start()
        started, started_cpu_s = time.time(), cpu_s()
        connect()
        result = 1
    else:
        rally = connect()
        if name == 'rows':
            prepare_rows(rally)
        FACTS['reset'] and _reset()
        memory.start()
        started, started_cpu_s = time.time(), cpu_s()
        result = globals()[name](rally)
    seconds = time.time() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                'seconds': seconds,
                'result': result,
                'cpu_s': cpu_s(),
                'job_cpu_s': cpu_s() - started_cpu_s,
                'peak_mb': usage.ru_maxrss / 1024.0,
                'growth': memory.growth(),
            }
        )
    )


def cpu_s():
    """Return the processor time of this process so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _reset():
    """Set the server's latency and forget what connecting asked."""
    import requests

    requests.get(FACTS['reset'], verify=FACTS['bundle']).raise_for_status()


if __name__ == '__main__':
    main(sys.argv[1])
