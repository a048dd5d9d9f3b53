"""Parquet to rows of text through DuckDB's C library, the one in the package DuckDB.NET.Bindings.Full, which the benchmarks restore: Debian has no Parquet reader for Python."""
import csv
import ctypes
import os
import tempfile


class _Result(ctypes.Structure):
    _fields_ = [("counts", ctypes.c_uint64 * 3), ("pointers", ctypes.c_void_p * 3)]


def rows(library, query):
    """The rows of `query` as dicts of str."""
    duckdb = ctypes.CDLL(library)
    duckdb.duckdb_result_error.restype = ctypes.c_char_p
    database, connection, result = ctypes.c_void_p(), ctypes.c_void_p(), _Result()
    if duckdb.duckdb_open(None, ctypes.byref(database)) or duckdb.duckdb_connect(database, ctypes.byref(connection)):
        raise RuntimeError("DuckDB's library does not open a database in memory")
    handle, path = tempfile.mkstemp(suffix=".tsv")
    os.close(handle)
    try:
        statement = f"COPY ({query}) TO '{path}' (DELIMITER '\t', HEADER)"
        if duckdb.duckdb_query(connection, statement.encode(), ctypes.byref(result)):
            raise RuntimeError(duckdb.duckdb_result_error(ctypes.byref(result)).decode())
        with open(path, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file, delimiter="\t"))
    finally:
        duckdb.duckdb_disconnect(ctypes.byref(connection))
        duckdb.duckdb_close(ctypes.byref(database))
        os.unlink(path)
