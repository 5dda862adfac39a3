"""The only file that speaks pyarrow, and only when a Parquet file is asked for: opening it takes a while."""

from pathlib import Path
from typing import Any

from knowledge.export.tables import Column, Table


def write_parquet(table: Table, path: Path) -> None:
    """One Parquet file with typed columns: text, lists of text, dates, integers, truth values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "text": pa.string(),
        "list": pa.list_(pa.string()),
        "date": pa.date32(),
        "int": pa.int32(),
        "bool": pa.bool_(),
    }
    schema = pa.schema([pa.field(column.name, types[column.kind]) for column in table.columns])
    rows = [{column.name: _plain(row[column.name], column) for column in table.columns} for row in table.rows]
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path, compression="zstd")


def _plain(value: Any, column: Column) -> Any:
    if column.kind == "list":
        return [str(item) for item in value]
    return str(value) if column.kind == "text" and value is not None else value
