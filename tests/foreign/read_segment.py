"""Reads a segment with Debian's python3-avro (codecs null and deflate; zstandard with python3-zstandard) and prints each event as a line of JSON.

    python3 read_segment.py FILE        bytes and fixed are printed in hexadecimal, timestamps as microseconds since 1970
"""
import datetime
import json
import sys

from avro.datafile import DataFileReader
from avro.io import DatumReader

EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) // datetime.timedelta(microseconds=1)
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, list):
        return [plain(member) for member in value]
    return value


with DataFileReader(open(sys.argv[1], "rb"), DatumReader()) as events:
    for event in events:
        print(json.dumps(plain(event)))
