"""Drives the connector with PyAirbyte: check, discover, a first sync into DuckDB and, told to go on, an incremental one.

usage: pyairbyte.py CONNECTOR CONFIG FOLDER
Prints one JSON object a line: {"step": ..., ...}. Waits for a line on stdin before the second sync.
"""
import json
import sys
from pathlib import Path

import airbyte as ab
from airbyte.caches import DuckDBCache

connector, config_path, folder = sys.argv[1:4]


def tell(step, **facts):
    print(json.dumps({"step": step, **facts}, default=str), file=sys.__stdout__, flush=True)


def rows_of(cache, stream):
    frame = cache.get_pandas_dataframe(stream)
    columns = [name for name in frame.columns if not name.startswith("_airbyte")]
    return json.loads(frame[columns].to_json(orient="records", date_format="iso"))


config = json.loads(Path(config_path).read_text())
# What the library prints for people must not mix with what the test reads.
sys.stdout = sys.stderr
source = ab.get_source("source-zoom", local_executable=connector, config=config)
source.check()
tell("check")
available = sorted(source.get_available_streams())
tell("discover", streams=available)
streams = [stream for stream in available if stream in sys.argv[4].split(",")]
source.select_streams(streams)
cache = DuckDBCache(db_path=str(Path(folder) / "cache.duckdb"), schema_name="zoom")

first = source.read(cache)
tell("first", processed=first.processed_records)
sys.stdin.readline()
second = source.read(cache)
tell("second", processed=second.processed_records)
tell("rows", rows={stream: rows_of(cache, stream) for stream in streams})
