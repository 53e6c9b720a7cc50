"""Takes single lines out of the TAXII client, or turns them round, and shows that the case that guards each of them fails.
mutants.py SOURCE BUILD [WORD]   TAP. Works on a copy of both folders (BUILD inside SOURCE); WORD: only mutants with it.

A text that is not in its file exactly once is a mistake of this table, not a mutant that lives."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SEND, READ, TAXII = "src/publish/send.c", "src/publish/read.c", "src/publish/kind_taxii.c"
SESSION, URL, ANSWER = "src/http/session.c", "src/http/url.c", "src/http/transfer.c"
# What is guarded, file, text, what stands there instead, cases.
TABLE = [
    # batching
    ("batches: smaller than the limit, not as large", TAXII, "max_content_length - 1 < d->max_octets)\n\t\td->max_octets = "
     "d->place.root.max_content_length - 1", "max_content_length < d->max_octets)\n\t\td->max_octets = "
     "d->place.root.max_content_length", "limit-one-less"),
    ("batches: the comma between objects counts", SEND, "items[k]->len + (k > 0 ? 1 : 0)", "items[k]->len", "limit-one-less"),
    ("batches: the frame of an envelope counts", SEND, "int64_t octets = (int64_t)FRAME;", "int64_t octets = 0;", "limit-one-less"),
    ("batches: what fits just so goes in one", SEND, "if (octets > limit(p))", "if (octets >= limit(p))", "limit-just-fits"),
    ("batches: one object too large is put aside", SEND, "done += k > 0 ? k : 1;\n\t\tif (!again)",
     "done += k > 0 ? k : n;\n\t\tif (!again)", "one-large"),
    ("batches: 413 is about size", TAXII, "\t{ 413, SENT_TOO_LARGE },\n", "", "too-large-413"),
    ("batches: what a 413 taught is kept", SEND, "if (books_learn(p, e) != 0)", "if (0)", "too-large-413"),
    ("batches: 422 is about an object", TAXII, "\t{ 422, SENT_REFUSED },\n", "", "bisect-422"),
    ("batches: the second half goes too", SEND, "return rc != 0 ? rc : send_range(p, items + n / 2, n - n / 2, 1, e);", "return rc;",
     "bisect-422"),
    ("order: identities first", "src/publish/plan.c", "\t{ \"identity\", 0 },\n", "", "order"),
    ("order: the others' outcome is waited for", SEND, "refer < p->nsend && p->open.n > 0", "0", "order"),
    ("status: any 2xx will do", TAXII, "a.status < 200 || a.status > 299", "a.status != 202", "status-200"),
    ("status: what is pending is asked for", SEND, "return leave_open(p, row, items, n, s->status.id, e);", "return 0;", "status-200"),
    ("status: gone is not pending", "src/publish/taxii.c", "*gone = ans.status == 404 || ans.status == 410;", "*gone = 0;", "status-gone"),
    ("status: versions are instants", "src/publish/outcome.c", "return stamp_cmp(a, b) == 0;", "return 0;", "versions"),
    ("rights: can_write", TAXII, "if (!p->collection.can_write)", "if (0)", "read-only"),
    ("rights: a root that speaks 2.1", TAXII, "if (!p->root.v21)", "if (0)", "root-2.0"),
    # retry
    ("retry: 429 and 503", SESSION, "if (status == 429 || status == 503)", "if (0)", "retry-after"),
    ("retry: Retry-After is honoured", SESSION, "if (asked >= 0)", "if (0)", "retry-after-deadline"),
    ("retry: not for ever", SESSION, "if (done >= (q->tries > 0 ? q->tries : h->tries))", "if (0)", "unavailable"),
    ("retry: a wait too long is not waited for", SESSION, "if (asked > h->wait_max_ms)", "if (0)", "retry-after-long"),
    ("retry: a lost answer, as objects may go twice", TAXII, ".repeatable = !again", ".repeatable = 0", "half-body"),
    ("retry: refused at last, but perhaps done at first", TAXII, "if (how == SENT_STOP && a->lost)", "if (0)", "lost-then-refused"),
    ("reading: before the server is asked", "src/publish/push.c", "(src != NULL && plan_source(p, src, e) != 0) || open_push(p, t, e) != 0",
     "open_push(p, t, e) != 0 || (src != NULL && plan_source(p, src, e) != 0)", "malformed"),
    ("dry run: what is there already", "src/publish/push.c", "push_look_ahead(p);", ";", "dry-run-there"),
    # paging
    ("paging: next", READ, "r->next = xstrdup(next);", "r->next = NULL;", "get-next"),
    ("paging: the query stays beside next", READ, "add_matches(r->q, '&', url);",
     "if (r->next == NULL)\n\t\tadd_matches(r->q, '&', url);", "get-next"),
    ("paging: a microsecond back", READ, "t.nsec -= 1000;", "t.nsec -= 0;", "get-no-next get-manifest-pages"),
    ("paging: nothing twice", READ, "if (!is_new(&r->seen, o)) {", "if (is_new(&r->seen, o) < 0) {", "get-no-next get-manifest-pages"),
    ("paging: a page of one date is widened", READ, "r->limit = r->limit * 4 < PAGE_LARGEST ? r->limit * 4 : PAGE_LARGEST;", ";",
     "get-no-next"),
    ("paging: an empty page ends it", READ, "json_is_true(json_object_get(page, \"more\")) && json_array_size(objects) > 0",
     "json_is_true(json_object_get(page, \"more\"))", "get-empty"),
    ("paging: no progress ends it", READ, "if (r->idle >= IDLE_PAGES)", "if (0)", "get-stuck"),
    ("paging: an expired next, from the date", READ, "if (rc != 0 && next_expired(r, &a))", "if (0)", "get-expired-next"),
    ("paging: six digits", READ, "stamp_format(t, 6, out);", "strcpy(out, text);", "get-query"),
    # redirects and credentials
    ("redirects: another origin gets nothing", URL, "if (!http_same_origin(a->url, to) && (a->with_login || q->body != NULL)) {",
     "if (0) {", "redirect-away"),
    ("redirects: inside an origin they are followed", URL, "if (!is_redirect(q, a->status) || where == NULL)", "if (1)",
     "redirect-slash"),
    ("redirects: not for ever", SESSION, "if (hops >= LIMIT_HTTP_REDIRECTS) {", "if (0) {", "redirect-loop"),
    ("credentials: of this origin only", "src/http/login.c", "if (strcmp(s->origin, origin) == 0 && ", "if (", "foreign-root"),
    ("roots: //host is none", "src/publish/taxii.c", "if (!absolute && (ref[0] != '/' || ref[1] == '/'))", "if (0)", "roots"),
    ("headers: no Expect", ANSWER, "if (q->body != NULL && (list = curl_slist_append(list, \"Expect:\")) == NULL)", "if (0)",
     "no-expect"),
    ("headers: Accept with the version", "src/publish/taxii.c", ".accept = TAXII_TYPE", ".accept = NULL", "accepted"),
]


def run(command, **more):
    """The exit status and what was said; None: it did not end, which is an end of a mutant too."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **more) as p:
        try:
            said = p.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            return None
    return subprocess.CompletedProcess(command, p.returncode, said)


def fails(top, build, cases):
    env = dict(os.environ, SRCDIR=top, BUILDDIR=build, STIXPRESS=build + "/stixpress", TAXII_CASES=cases)
    played = run(["sh", top + "/tests/cli/taxii.t"], env=env)
    return played is None or re.search("^not ok", played.stdout, re.M) is not None


def main():
    source, build = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    table = [row for row in TABLE if len(sys.argv) < 4 or sys.argv[3] in row[0]]
    lived = 0
    with tempfile.TemporaryDirectory() as tmp:
        top = tmp + "/top"
        inside = os.path.relpath(build, source)
        for name in ("src", "tests", inside):
            shutil.copytree(os.path.join(source, name), os.path.join(top, name), symlinks=True)
        shutil.copytree(source, top, symlinks=True, dirs_exist_ok=True,
                        ignore=lambda folder, names: [n for n in names if folder == source and (n.startswith(".") or n.startswith("build")
                                                                                              or n in ("src", "tests"))])
        copy = os.path.join(top, inside)
        every = sorted({case for row in table for case in row[4].split()})
        print("1..%d" % (len(table) + 1))
        print("%sok 1 - without a mutant all of its cases pass" % ("not " if fails(top, copy, " ".join(every)) else ""))
        for n, (what, path, old, new, cases) in enumerate(table, 2):
            path = os.path.join(top, path)
            with open(path, encoding="utf-8") as f:
                text = f.read()
            if text.count(old) != 1:
                sys.exit("%s: %d times: %s" % (path, text.count(old), old))
            with open(path, "w", encoding="utf-8") as f:
                f.write(text.replace(old, new))
            made = run(["make", "-s", "-C", copy, "stixpress", "CFLAGS=-O0 -w"])
            if made is None or made.returncode != 0:
                print("# does not compile")
            good = made is not None and made.returncode == 0 and fails(top, copy, cases)
            lived += not good
            print("%sok %d - %s" % ("" if good else "not ", n, what), flush=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
    print("# %d mutants, %d noticed" % (len(table), len(table) - lived))
    return lived > 0


sys.exit(main())
