#!/usr/bin/env python3
"""A TAXII collection for tests of requests side by side: slowserver.py PORT_FILE REPORT_FILE [REFUSED_ID]

Each POST takes 0.2 s. REFUSED_ID is refused with all of its envelope (422). At the end (a DELETE) the report says how many POSTs there
were at one time at most, how many ids came in more than one accepted envelope, how many ends of relationships were not stored when the
relationship came, and the number of objects stored.
"""
import http.server
import json
import os
import sys
import threading
import time

port_file, report_file, refused = (sys.argv[1:] + [""])[:3]
lock = threading.Lock()
now = most = posts = 0
stored, twice, early = {}, [], []


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/taxii+json;version=2.1")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        if self.path.endswith("/collections/c1/"):
            self.answer(200, {"id": "c1", "title": "One", "can_read": False, "can_write": True})
        else:
            self.answer(200, {"title": "Root", "versions": ["application/taxii+json;version=2.1"], "max_content_length": 10000000})

    def do_POST(self):
        global now, most, posts
        objects = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["objects"]
        with lock:
            now += 1
            posts += 1
            most = max(most, now)
            number = posts
            early.extend(o["id"] for o in objects for end in ("source_ref", "target_ref") if end in o and o[end] not in stored)
        time.sleep(0.2)
        with lock:
            now -= 1
            good = refused not in [o["id"] for o in objects]
            for o in objects if good else []:
                if o["id"] in stored:
                    twice.append(o["id"])
                stored[o["id"]] = True
        if good:
            self.answer(202, {"id": "s%d" % number, "status": "complete", "total_count": len(objects), "success_count": len(objects),
                "failure_count": 0, "pending_count": 0})
        else:
            self.answer(422, {"title": "Unprocessable", "http_status": "422"})

    def do_DELETE(self):
        with open(report_file, "w", encoding="ascii") as f:
            print(most, len(twice), len(early), len(stored), file=f)
        self.answer(200, {})
        threading.Thread(target=self.server.shutdown).start()

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w", encoding="ascii") as f:
    print(server.server_address[1], file=f)
os.rename(port_file + ".new", port_file)
server.serve_forever()
