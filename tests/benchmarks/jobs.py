"""One benchmark job with whatever pyral this interpreter has; prints one line of JSON.

    python jobs.py JOB FACTS ['no-orjson']

It runs as a plain script with the interpreter of a contender, so it uses only what the released
pyral 1.6.0 and ours have in common, and imports nothing of this repository by itself.
"""

import json
import os
import resource
import sys
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


FIELDS = 'FormattedID,Name,State,Owner,CreationDate,PlanEstimate'


def csv(rally):
    """Write six columns of every item to a CSV file."""
    return query(rally).to_csv(os.devnull, FIELDS)


def parquet(rally):
    """Write the same columns to a Parquet file."""
    return query(rally).to_parquet(os.path.join(FACTS['folder'], 'items.parquet'), FIELDS)


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


def main(name):
    """Run a job; connecting counts for the job `connect` alone."""
    if name == 'connect':
        import pyral  # noqa: F401 - importing is a job of its own

        started = time.time()
        connect()
        result = 1
    else:
        rally = connect()
        if name == 'parquet':
            import pyarrow.parquet  # noqa: F401 - half a second that no row costs
        FACTS['reset'] and _reset()
        started = time.time()
        result = globals()[name](rally)
    seconds = time.time() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                'seconds': seconds,
                'result': result,
                'cpu_s': usage.ru_utime + usage.ru_stime,
                'peak_mb': usage.ru_maxrss / 1024.0,
            }
        )
    )


def _reset():
    """Set the server's latency and forget what connecting asked."""
    import requests

    requests.get(FACTS['reset'], verify=FACTS['bundle']).raise_for_status()


if __name__ == '__main__':
    main(sys.argv[1])
