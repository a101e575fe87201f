"""Reads many segments with Debian's python3-avro. Takes file names from standard input, one per line, and prints for each a line of JSON:
{"events":N} or {"error":"..."}.

    ls *.avro | python3 open_segments.py
"""
import json
import sys
import warnings

from avro.datafile import DataFileReader
from avro.io import DatumReader

warnings.simplefilter("ignore")  # A logical type that this reader does not know is read as the type beneath it.

for line in sys.stdin:
    try:
        with DataFileReader(open(line.rstrip("\n"), "rb"), DatumReader()) as events:
            print(json.dumps({"events": sum(1 for _ in events)}))
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}))
