"""A TAXII 2.1 server that keeps nothing: prints the URL of its API root and answers every envelope with "complete"."""
import http.server
import json

TAXII = "application/taxii+json;version=2.1"
COLLECTION = "3f0b4b8e-7c1d-4a86-9a0e-52d0e6a1c9b4"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", TAXII)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        collection = {"id": COLLECTION, "title": "Nowhere", "can_read": True, "can_write": True}
        if self.path == "/api/collections/":
            self.answer(200, {"collections": [collection]})
        elif self.path.startswith("/api/collections/"):
            self.answer(200, collection)
        else:
            self.answer(200, {"title": "Sink", "versions": [TAXII], "max_content_length": 100 << 20})

    def do_POST(self):
        n = self.rfile.read(int(self.headers["Content-Length"])).count(b'"indicator--')
        self.answer(202, {"id": COLLECTION, "status": "complete", "total_count": n, "success_count": n, "failure_count": 0,
                          "pending_count": 0, "request_timestamp": "2024-06-13T00:00:00.000Z"})

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("http://127.0.0.1:%d/api/" % server.server_address[1], flush=True)
server.serve_forever()
