"""The bare side of Parquet: DuckDB makes it of a CSV file, with all threads that it takes by itself."""

import time

import duckdb
from serve import serve

connection = duckdb.connect()


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def about():
    (threads,) = connection.execute("SELECT current_setting('threads')").fetchone()
    return f"DuckDB {duckdb.__version__}, {threads} threads"


def run(source, target, seconds):
    """Whole conversions, one after the other, until so many seconds are over."""
    statement = (
        f"COPY (SELECT * FROM read_csv({literal(source)})) TO {literal(target)} (FORMAT parquet, COMPRESSION zstd)"
    )
    began = time.monotonic()
    records = passes = 0
    while passes == 0 or time.monotonic() - began < seconds:
        records += connection.execute(statement).fetchone()[0]
        passes += 1
    return {"records": records, "passes": passes, "ms": (time.monotonic() - began) * 1000}


serve({"about": about, "run": run})
