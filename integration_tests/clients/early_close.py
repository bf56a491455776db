"""Takes a few records of a stream with PyAirbyte and closes it: the connector, which has more to say than the pipe holds, has to end.

usage: early_close.py CONNECTOR CONFIG STREAM COUNT
Prints one JSON object a line: {"step": ..., ...}.
"""
import gc
import json
import subprocess
import sys
from pathlib import Path

import airbyte as ab

connector, config_path, stream, count = sys.argv[1:5]
started = []
popen = subprocess.Popen.__init__


def remember(process, *args, **kwargs):
    popen(process, *args, **kwargs)
    started.append(process)


subprocess.Popen.__init__ = remember
config = json.loads(Path(config_path).read_text())
# What the library prints for people must not mix with what the test reads.
sys.stdout = sys.stderr
source = ab.get_source("source-zoom", local_executable=connector, config=config)
records = source.get_records(stream)
taken = [next(iter(records)) for _ in range(int(count))]
reading = started[-1]
is_running = reading.poll() is None
records.close()
left = sum(1 for _ in records)
gc.collect()
print(
    json.dumps({"step": "closed", "taken": len(taken), "running": is_running, "left": left, "exit": reading.poll()}),
    file=sys.__stdout__,
    flush=True,
)
