"""Kills a push at random moments, and now and then the server too, and goes on with it, until nothing is left to send.
crash.py STIXPRESS OBJECTS KILLS SEED   TAP. A proxy between the two writes down which objects are sent when.

What has to be true at the end: the collection holds exactly the objects of the file, the ledger says so of each, and nothing was
sent again but what stood in a request that was in flight when the client or the server was killed."""
import collections
import http.client
import http.server
import json
import os
import random
import re
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time

BATCH = 100
COLLECTION = "3f0b4b8e-7c1d-4a86-9a0e-52d0e6a1c9b4"
program, objects, kills_wanted, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
rng = random.Random(seed)
done = 0


def ok(good, what, *notes):
    global done
    done += 1
    print("%sok %d - %s" % ("" if good else "not ", done, what))
    for note in [] if good else notes:
        print("#   %s" % note)
    sys.stdout.flush()


class Sent:
    """One request with objects, as the proxy saw it."""

    def __init__(self, run, ids):
        self.run, self.ids, self.answered = run, ids, False


class Proxy(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Passer)
        self.upstream, self.run, self.log = None, 0, []
        self.url = "http://127.0.0.1:%d/api/collections/%s/" % (self.server_address[1], COLLECTION)

    def handle_error(self, request, client_address):
        pass    # either end may be killed at any moment


class Passer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = None
        if self.command == "POST":
            sent = Sent(self.server.run, re.findall(rb'"id":"(indicator--[0-9a-f-]{36})"', body))
            self.server.log.append(sent)
        try:
            up = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=30)
            up.request(self.command, self.path, body or None, {k: v for k, v in self.headers.items() if k.lower() != "connection"})
            answer = up.getresponse()
            data = answer.read()
            up.close()
        except (OSError, http.client.HTTPException):
            self.close_connection = True    # no answer, as from a server that is gone
            return
        if sent:
            sent.answered = 200 <= answer.status < 300
        self.send_response(answer.status)
        for name in ("Content-Type", "X-TAXII-Date-Added-First", "X-TAXII-Date-Added-Last"):
            if answer.getheader(name):
                self.send_header(name, answer.getheader(name))
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = pass_on

    def log_message(self, *args):
        pass


class Round:
    """One bundle, one collection, one ledger, all new."""

    def __init__(self, folder, proxy, bundle, jobs=1):
        self.folder, self.proxy, self.bundle, self.jobs = folder, proxy, bundle, jobs
        self.port, self.server, self.server_kills = 0, None, 0
        proxy.log, proxy.run = [], 0
        self.serve()

    def serve(self):
        """Starts the server, after the first time where it was."""
        port_file = self.folder + "/port"
        if os.path.exists(port_file):
            os.remove(port_file)
        self.server = subprocess.Popen([program, "serve", "--quiet", "--db", self.folder + "/collection.db", "--listen",
            "127.0.0.1:%d" % self.port, "--collection", COLLECTION, "--port-file", port_file], stdout=subprocess.DEVNULL)
        for _ in range(400):
            if os.path.exists(port_file) and os.path.getsize(port_file) > 0:
                break
            time.sleep(0.025)
        with open(port_file, encoding="ascii") as f:
            self.port = self.proxy.upstream = int(f.read())

    def push(self, kill_after=None):
        """One run of push, killed after so many seconds; its exit status, None when it was killed."""
        self.proxy.run += 1
        with open(self.folder + "/push.log", "ab") as log:
            run = subprocess.Popen([program, "push", self.bundle, "--to", self.proxy.url, "--ledger", self.folder + "/ledger.db",
                "--batch", str(BATCH), "--jobs", str(self.jobs), "--timeout", "20", "--wait", "20"], stdout=log, stderr=log)
            try:
                return run.wait(kill_after)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()
                return None

    def kill_server(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()
        self.server_kills += 1
        self.serve()

    def sent_too_often(self):
        """Objects that were sent again though a request with them had been answered and was not among the last of its run."""
        runs = {}
        for one in self.proxy.log:
            runs.setdefault(one.run, []).append(one)
        # Requests side by side may arrive in another order than they were sent in.
        last = {run: of_run[1 - 2 * self.jobs:] for run, of_run in runs.items()}
        before, wrong = {}, []
        for one in self.proxy.log:
            for i in one.ids:
                earlier = before.get(i)
                if earlier and earlier.answered and earlier not in last[earlier.run]:
                    wrong.append(i.decode())
                before[i] = one
        return wrong

    def stored(self):
        out = subprocess.run([program, "get", self.proxy.url, "--quiet"], stdout=subprocess.PIPE, check=True).stdout
        return collections.Counter(o["id"] for o in json.loads(out)["objects"])

    def ledger(self):
        out = subprocess.run([program, "ledger", "--ledger", self.folder + "/ledger.db", "--format", "json"],
            stdout=subprocess.PIPE, check=True).stdout
        return json.loads(out)["targets"][0]["counts"]

    def end(self):
        self.server.terminate()
        self.server.wait()


def write_bundle(path):
    made = []
    for n in range(objects):
        made.append({"type": "indicator", "spec_version": "2.1", "id": "indicator--%08x-0000-4000-8000-%012x" % (n, rng.getrandbits(48)),
            "created": "2024-06-13T00:00:00.000Z", "modified": "2024-06-13T00:00:00.000Z", "indicator_types": ["malicious-activity"],
            "pattern": "[ipv4-addr:value = '198.51.100.%d']" % (n % 256), "pattern_type": "stix",
            "valid_from": "2024-06-13T00:00:00.000Z"})
    with open(path, "w", encoding="ascii") as f:
        json.dump({"type": "bundle", "id": "bundle--00000000-0000-4000-8000-%012x" % objects, "objects": made}, f)
    return {o["id"] for o in made}


def one_round(number, folder, proxy, bundle, ids, span, kills):
    """Pushes with at most so many kills. Returns how many there were."""
    r = Round(folder, proxy, bundle, 4 if number % 2 else 1)
    killed = finished = 0
    status = None
    while killed < kills and not finished:
        status = r.push(rng.uniform(0, span))
        finished = status == 0
        killed += status is None
        if not finished and rng.random() < 0.3:
            r.kill_server()
    if not finished:
        status = r.push()
    what = "round %d (%d at a time, %d kills, %d of the server): " % (number, r.jobs, killed, r.server_kills)
    with open(folder + "/push.log", encoding="utf-8") as log:
        words = log.read().splitlines()[-3:]
    ok(status == 0, what + "the last push ends well", "status %s" % status, *words)
    stored, counts, again = r.stored(), r.ledger(), r.sent_too_often()
    ok(set(stored) == ids and max(stored.values()) == 1, what + "the collection holds each object once",
       "%d of %d there, %d not of ours" % (len(set(stored) & ids), len(ids), len(set(stored) - ids)))
    ok(counts["accepted"] + counts["already there"] == objects and sum(counts.values()) == objects, what + "so says the ledger", counts)
    ok(not again, what + "nothing is sent again but what was in flight", "%d objects were" % len(again), *again[:3])
    r.end()
    return killed


def main():
    print("# seed %d" % seed)
    top = tempfile.mkdtemp()
    proxy = Proxy()
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        bundle = top + "/bundle.json"
        ids = write_bundle(bundle)
        os.mkdir(top + "/whole")
        whole = Round(top + "/whole", proxy, bundle)
        begun = time.monotonic()
        ok(whole.push() == 0, "a push that nobody disturbs")
        span = time.monotonic() - begun
        ok(sum(len(one.ids) for one in proxy.log) == objects, "sends each object once")
        whole.end()
        killed = number = 0
        while killed < kills_wanted and number < kills_wanted:
            number += 1
            folder = "%s/%d" % (top, number)
            os.mkdir(folder)
            killed += one_round(number, folder, proxy, bundle, ids, span / 3, min(kills_wanted - killed, 12))
        ok(killed >= kills_wanted, "%d kills" % killed)
    finally:
        shutil.rmtree(top)
    print("1..%d" % done)


main()
