"""Reads one file of rows as DuckDB does, and writes every value of it as text, as JSON on standard output.

read_tables.py <csv|ndjson|parquet> <file>, with the columns as JSON on standard input: a list of [name, type].
"""

import json
import sys

import duckdb

TYPES = {
    "text": "VARCHAR",
    "uuid": "UUID",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "double precision": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamptz": "TIMESTAMPTZ",
    "jsonb": "JSON",
}

format_, path = sys.argv[1:]
columns = json.load(sys.stdin)
types = {name: TYPES[type_] for name, type_ in columns}

connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'")


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def name_of(column):
    return '"' + column.replace('"', '""') + '"'


struct = "{" + ", ".join(f"{literal(name)}: {literal(type_)}" for name, type_ in types.items()) + "}"
# In parallel it takes a line break within quotes for the end of a row.
source = {
    "csv": f"read_csv({literal(path)}, header = true, columns = {struct}, auto_detect = false, delim = ',', "
    "quote = '\"', escape = '\"', allow_quoted_nulls = false, strict_mode = true, parallel = false)",
    "ndjson": f"read_json({literal(path)}, format = 'newline_delimited', columns = {struct})",
    "parquet": f"read_parquet({literal(path)})",
}[format_]

relation = connection.sql(f"SELECT * FROM {source}")
found = [[name, str(type_)] for name, type_ in zip(relation.columns, relation.types)]
shown = []
for name, type_ in columns:
    column = name_of(name)
    # Microseconds as a number, for a year before 1 has no text that all agree on.
    shown.append({"timestamptz": f"epoch_us({column})", "jsonb": f"{column}::VARCHAR"}.get(type_, column) + "::VARCHAR")
rows = connection.sql(f"SELECT {', '.join(shown)} FROM {source}").fetchall()
json.dump({"types": found, "rows": rows}, sys.stdout)
