#!/usr/bin/env python3
"""A name server for tests: SRV records of _taxii2._tcp.NAME, from arguments NAME=PRIORITY,WEIGHT,PORT,TARGET (TARGET "." too).

Prints its port and answers on 127.0.0.1 over UDP until it is killed; other names do not exist (NXDOMAIN).
"""
import socket
import struct
import sys


def name(text):
    labels = [part for part in text.strip(".").split(".") if part]
    return b"".join(bytes([len(part)]) + part.encode() for part in labels) + b"\0"


records = {}
for arg in sys.argv[1:]:
    domain, _, rest = arg.partition("=")
    priority, weight, port, target = rest.split(",")
    data = struct.pack(">HHH", int(priority), int(weight), int(port)) + name(target)
    records.setdefault(name("_taxii2._tcp." + domain), []).append(data)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("127.0.0.1", 0))
    print(server.getsockname()[1], flush=True)
    while True:
        query, client = server.recvfrom(4096)
        end = query.index(b"\0", 12) + 5
        found = records.get(query[12:end - 4].lower(), [])
        head = query[:2] + struct.pack(">HHHHH", 0x8180 if found else 0x8183, 1, len(found), 0, 0)
        answers = b"".join(struct.pack(">HHHIH", 0xC00C, 33, 1, 60, len(data)) + data for data in found)
        server.sendto(head + query[12:end] + answers, client)
