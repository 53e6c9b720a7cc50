"""make bench: what our commands take beside programs of others, in one run: bench.py [PART...]

Parts: validate convert extract steps hostile push size. Each line is the best of a few runs of a whole process, start-up included: seconds, CPU seconds,
peak memory. Of a peer in Python the start-up (the same work on next to nothing) is taken off; a peer that would take minutes is measured
on less, and scaled: both are said. "x ours" is what that line takes for the same work over what ours takes, in CPU seconds where all work is in
the process, because a machine has other things to do. Nothing here passes or fails.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import made

SRC, BUILD = pathlib.Path(os.environ["SRCDIR"]), pathlib.Path(os.environ["BUILDDIR"])
SHARED = pathlib.Path(os.environ["STIXPRESS_SHARED"])
OURS = os.environ["STIXPRESS"]
FEED = SRC / "feeds/talos"
TMP = pathlib.Path(tempfile.mkdtemp(prefix="stixpress-bench."))
COLLECTION = "3f0b4b8e-7c1d-4a86-9a0e-52d0e6a1c9b4"
ENV = dict(os.environ, XDG_STATE_HOME=str(TMP / "state"), XDG_CONFIG_HOME=str(TMP / "config"), no_proxy="*")


class Took:
    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak

    def less(self, start):
        return Took(max(self.wall - start.wall, 1e-6), max(self.cpu - start.cpu, 0), self.peak)


def measure(command, times=3, before=None):
    """The quickest of a few runs. before() is called ahead of each."""
    best = None
    for _ in range(times):
        if before:
            before()
        with open(TMP / "said", "w") as said:
            subprocess.run([BUILD / "tests/bench/run", TMP / "report", *map(str, command)], stdout=said, stderr=said, env=ENV, check=True)
        wall, cpu, peak, status = (TMP / "report").read_text().split()
        if status != "0":
            said = (TMP / "said").read_text(errors="replace").strip().splitlines()
            raise RuntimeError("%s: status %s: %s" % (" ".join(map(str, command)), status, said[-1] if said else ""))
        if best is None or float(wall) < best.wall:
            best = Took(float(wall), float(cpu), int(peak) / 1024)
    return best


def head(what):
    print("\n%-58s %9s %9s %8s  %s" % (what, "seconds", "CPU", "MB", ""), flush=True)


def line(what, took, more=""):
    print("  %-56s %9.3f %9.3f %8.1f  %s" % (what, took.wall, took.cpu, took.peak, more), flush=True)


def absent(what, why):
    print("  %-56s %s" % (what, why), flush=True)


def peer(name):
    """The command that asks a peer, or None; it says why."""
    script = 'peer=%s; . "$SRCDIR/tests/peers/venv.sh" && echo "$python"' % name
    said = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, text=True).stdout.strip().splitlines()
    if not said or not os.path.exists(said[-1]):
        absent(name, "missing: " + (said[-1] if said else "no word"))
        return None
    return [said[-1], SRC / "tests/bench/peers.py", name]


def per(took, n):
    return "%.1f us each" % (took.cpu * 1e6 / n)


def bundle(n):
    path = TMP / ("indicators-%d.json" % n)
    if not path.exists():
        made.indicators(path, n)
    return path


def part_validate():
    n, few, start = 100000, 2000, 5
    full, part, five = bundle(n), bundle(few), bundle(start)
    size = full.stat().st_size / 1e6
    head("validate: %d indicators, %.1f MB, every rule" % (n, size))
    ours = measure([OURS, "validate", full])
    line("stixpress validate FILE", ours, per(ours, n))
    two = measure([OURS, "validate", "-j2", full])
    line("  the same with -j2", two, "%.2f times faster" % (ours.wall / two.wall))
    tenth = measure([OURS, "validate", bundle(n // 10)])
    line("  the same, a tenth of it", tenth, "ten times the objects: %.1f times the time" % (ours.cpu / tenth.cpu))
    line("  the same, %d objects" % start, measure([OURS, "validate", five], 10))
    alone = measure([BUILD / "tests/bench/parse", full])
    line("Jansson alone: json_load_file, nothing checked", alone, "%.2f x ours" % (alone.cpu / ours.cpu))
    for name, what in (("stix2validator", "stix2-validator, all checks"), ("pythonstix2", "python-stix2, parse")):
        ask = peer(name)
        if ask:
            took = measure([*ask, part], 1).less(measure([*ask, five], 2))
            line("%s: %d objects, start-up off" % (what, few), took,
                 "%s: %.0f x ours" % (per(took, few), took.cpu / few / (ours.cpu / n)))


def nothing():
    path = TMP / "nothing.txt"
    path.write_text("# Nothing\n\nNothing happened.\n")
    return path


def part_convert():
    head("convert: the newsletters of feeds/talos")
    for text in sorted((FEED / "newsletters").glob("*.txt")):
        took = measure([OURS, "convert", "--feed", FEED, text, "-o", TMP / "out.json"], 10)
        line("stixpress convert %s (%.1f kB)" % (text.name, text.stat().st_size / 1e3), took)
    line("  the same, a text that states nothing", measure([OURS, "convert", nothing(), "-o", TMP / "out.json"], 10))
    line("  stixpress --version", measure([OURS, "--version"], 10))
    absent("peers", "none: no program of others writes relationships with evidence")


def folders():
    return [FEED / "newsletters"] + [SHARED / "eval" / f for f in ("dev", "ioc") if (SHARED / "eval" / f).is_dir()]


def part_extract():
    head("extract: mixed text (%s)" % ("feeds/talos, ../shared/eval" if len(folders()) > 1 else "feeds/talos alone: no ../shared"))
    rate = {}
    for size, what in ((10**6, "1 MB"), (10**7, "10 MB")):
        made.text(TMP / "mixed.txt", size, folders())
        for stop in ([], ["--stop=mentions"], ["--stop=doc"]):
            took = measure([OURS, "extract", *stop, TMP / "mixed.txt"], 2)
            line(" ".join(["stixpress extract", *stop, "FILE:", what]), took, "%.1f MB/s" % (size / took.cpu / 1e6))
            rate.setdefault((size, bool(stop)), took)
    absent("10 MB over 1 MB", "%.1f times the time" % (rate[10**7, False].cpu / rate[10**6, False].cpu))


def steps(path, times=3):
    """What each step takes on a file: {step: (CPU seconds, made)}; "facts": (CPU seconds of reading to facts, KiB)."""
    said = subprocess.run([BUILD / "tests/bench/stages", "-n", str(times), path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return {row[1]: (float(row[2]), int(row[3])) for row in (text.split("\t") for text in said.splitlines())}


def step(what, size, took, more=""):
    print("  %-56s %9s %9.4f %8s  %s" % (what, "", took, "", more or "%.1f MB/s" % (size / took / 1e6)), flush=True)


def mentions_room(size, mentions):
    """MB that reading to facts may take, as we want it: three times the input, 150 octets a mention, 32 MB."""
    return (3 * size + 150 * mentions) / 1e6 + 32


def part_steps():
    head("the steps from a text to its bundle, in one process, start-up off")
    took = {}
    for size, what in ((10**6, "1 MB"), (10**7, "10 MB")):
        made.text(TMP / "mixed.txt", size, folders())
        took[size] = steps(TMP / "mixed.txt")
        memory = steps(TMP / "mixed.txt", 1)["facts"][1] * 1024 / 1e6
        for name, label in (("doc", "reading"), ("scan", "the scan for observables"), ("names", "known names"),
                            ("cues", "names that the text introduces"), ("relate", "relationships"), ("facts", "reading to facts")):
            step("%s: mixed text, %s" % (label, what), size, took[size][name][0])
        mentions = took[size]["cues"][1]
        absent("  memory up to facts", "%.0f MB for %d mentions; 3 x input + 150 octets a mention + 32 MB are %.0f"
               % (memory, mentions, mentions_room(size, mentions)))
    absent("10 MB over 1 MB", "%.1f times the time to facts" % (took[10**7]["facts"][0] / took[10**6]["facts"][0]))
    for path in sorted(folder / f for folder in folders()[:2] for f in os.listdir(folder) if f.endswith(".txt")):
        one = steps(path, 5)
        step("reading to facts: %s (%.1f kB)" % (path.name, path.stat().st_size / 1e3), path.stat().st_size, one["facts"][0])
    made.values(TMP / "values.txt", 25000)
    one = steps(TMP / "values.txt")
    n, seconds = one["compose"][1], one["compose"][0] + one["write"][0]
    step("composing and writing %d objects (%.0f MB)" % (n, one["write"][1] / 1e6), n, seconds, "%.0f objects/s" % (n / seconds))
    ask = peer("iocfinder")
    if ask:
        made.text(TMP / "mixed.txt", 10**6, folders())
        them = measure([*ask, TMP / "mixed.txt"], 1).less(measure([*ask, nothing()], 2))
        line("ioc-finder, 1 MB, start-up off", them, "%.2f MB/s: %.0f x the scan, %.0f x reading to facts" % (
            1 / them.cpu, them.cpu / took[10**6]["scan"][0], them.cpu / took[10**6]["facts"][0]))


def part_hostile():
    head("hostile input: reading to facts, 10 MB and what it is over 1 MB")
    for what in made.HOSTILE:
        took = {}
        for size in (10**6, 10**7):
            made.hostile(TMP / "hostile.txt", what, size)
            try:
                took[size] = steps(TMP / "hostile.txt", 2)["facts"]
            except subprocess.CalledProcessError:
                absent(what, "refused: %d MB" % (size / 1e6))
                break
        if len(took) == 2:
            step(what, 10**7, took[10**7][0], "%.1f x, %.0f MB" % (took[10**7][0] / took[10**6][0], took[10**7][1] * 1024 / 1e6))


def serving(command):
    """Starts a server that prints its URL; (process, URL)."""
    server = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True, env=ENV, stderr=subprocess.DEVNULL)
    return server, server.stdout.readline().strip()


class Fresh:
    """A server started anew before each run, so that nothing is there already."""

    def __init__(self, command):
        self.command, self.server, self.url = command, None, ""

    def start(self):
        self.stop()
        shutil.rmtree(TMP / "state", ignore_errors=True)
        self.server, self.url = serving(self.command)

    def stop(self):
        if self.server:
            self.server.terminate()
            self.server.wait()
        self.server = None

    def measure(self, command, times=3):
        """command has URL where the server's URL belongs, which differs from run to run."""
        best = None
        for _ in range(times):
            self.start()
            took = measure([str(c).replace("URL", self.url) for c in command], 1)
            if best is None or took.wall < best.wall:
                best = took
        self.stop()
        return best


def part_push():
    n = 10000
    full, one = bundle(n), bundle(1)
    head("push: %d indicators" % n)
    ask = peer("taxii2client")
    for name, command, root in (
        ("stixpress serve", [OURS, "serve", "--collection", COLLECTION + "=news"], "URL../api"),
        ("a sink", [sys.executable, SRC / "tests/bench/sink.py"], "URL"),
    ):
        server = Fresh(command)
        try:
            ours = server.measure([OURS, "push", full, "--to", "URL", "--collection", COLLECTION])
            line("stixpress push FILE --to %s" % name, ours, "%.0f objects/s, checked, kept in a ledger" % (n / ours.wall))
            bare = server.measure([OURS, "push", full, "--to", "URL", "--collection", COLLECTION, "--no-validate", "--ledger", "none"])
            line("  the same, --no-validate --ledger none", bare, "%.0f objects/s" % (n / bare.wall))
            if ask:
                url = "URLcollections/%s/" % COLLECTION if root == "URL" else "URL../api/collections/%s/" % COLLECTION
                took = server.measure([*ask, full, url], 2).less(server.measure([*ask, one, url], 2))
                line("taxii2-client to %s, start-up off" % name, took,
                     "unchecked, no ledger: %.1f x ours, %.1f x ours without either" % (took.wall / ours.wall, took.wall / bare.wall))
        finally:
            server.stop()


def part_size():
    head("the program")
    subprocess.run(["strip", "-o", TMP / "stripped", OURS], check=True)
    absent("stripped", "%.2f MB" % ((TMP / "stripped").stat().st_size / 1e6))
    if shutil.which("ldd"):
        libraries = subprocess.run(["ldd", OURS], stdout=subprocess.PIPE, text=True).stdout.count("=>")
        absent("shared libraries at start", str(libraries))


PARTS = {
    "validate": part_validate,
    "convert": part_convert,
    "extract": part_extract,
    "steps": part_steps,
    "hostile": part_hostile,
    "push": part_push,
    "size": part_size,
}


def main():
    begun = time.monotonic()
    try:
        for name in sys.argv[1:] or PARTS:
            try:
                PARTS[name]()
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:
                absent(name, "failed: %s" % error)
    finally:
        shutil.rmtree(TMP, ignore_errors=True)
    print("\n%.0f seconds in all, %d processors" % (time.monotonic() - begun, os.cpu_count()))


main()
