"""Objects made at random from the schemas below a folder, and spoilt: ajv_made.py SCHEMAS COUNT SEED
Prints a line of JSON each: {"schema": "stix/x.json", "instance": .., "spoilt": what was done to it, or null}. An object that is
not spoilt is meant to be valid; whether it is, the engines say."""
import copy
import json
import os
import random
import sys

import exrex

DEEPEST = 6
ODD_STRINGS = ["", " ", "\u00e9", "\U0001f600", "a" * 251, "\u65e5\u672c\u8a9e", "a\u0000b",
    "\n", "x\u2028y", "-", "--", "2024-02-30T00:00:00Z"]
ODD_VALUES = [None, True, False, 0, -1, 1.0, 1.5, 2 ** 53 - 1, -(2 ** 53) + 1, 1e300, [], {}, [[]], [None],
    {"a": None}, {"": 1}, {"id": {}}]


class Schemas:
    """All schema files below a folder by their $id."""

    def __init__(self, folder):
        self.by_id, self.path = {}, {}
        for where, _, names in os.walk(folder):
            for name in names:
                if name.endswith(".json"):
                    path = os.path.join(where, name)
                    with open(path, encoding="utf-8") as f:
                        schema = json.load(f)
                    self.by_id[schema["$id"]] = schema
                    self.path[schema["$id"]] = os.path.relpath(path, folder)

    def find(self, ref, base):
        """(schema, its base) that a reference in a file means."""
        file, _, pointer = ref.partition("#")
        if file:
            parts = base.rsplit("/", 1)[0].split("/")
            for step in file.split("/"):
                if step == "..":
                    parts.pop()
                else:
                    parts.append(step)
            base = file if "://" in file else "/".join(parts)
        schema = self.by_id[base]
        for step in pointer.split("/")[1:]:
            schema = schema[step.replace("~1", "/").replace("~0", "~")]
        return schema, base


class Maker:
    """Makes a value for the schemas that a place has, each with the file it stands in: (schema, base) pairs."""

    def __init__(self, schemas, rng):
        self.schemas, self.rng = schemas, rng

    def gather(self, schema, base, out):
        """Into out: the plain assertions that hold together. Of what depends on a condition, a part, by chance."""
        if not isinstance(schema, dict):
            return
        out.append((schema, base))
        if "$ref" in schema:
            self.gather(*self.schemas.find(schema["$ref"], base), out)
        for part in schema.get("allOf", ()):
            self.gather(part, base, out)
        for name in ("anyOf", "oneOf"):
            if name in schema:
                self.gather(self.rng.choice(schema[name]), base, out)
        if "if" in schema:    # most conditions are about what few objects have
            self.gather(schema.get("then" if self.rng.random() < 0.1 else "else"), base, out)

    def value(self, where, deep=0):
        parts = []
        for schema, base in where:
            self.gather(schema, base, parts)
        for part, _ in parts:
            if "const" in part:
                return part["const"]
        for part, _ in parts:
            if "enum" in part:
                return self.rng.choice(part["enum"])
        kinds = [part["type"] for part, _ in parts if "type" in part]
        if not kinds:
            kinds = ["object" if any("properties" in part for part, _ in parts) else "string"]
        kind = self.rng.choice(kinds[0]) if isinstance(kinds[0], list) else kinds[0]
        return getattr(self, "make_" + kind)(parts, deep)

    def limits(self, parts, low, high, least, most):
        low = max([low] + [part[least] for part, _ in parts if least in part])
        high = min([high] + [part[most] for part, _ in parts if most in part])
        return low, max(low, high)

    def make_boolean(self, parts, deep):
        return self.rng.random() < 0.5

    def make_integer(self, parts, deep):
        low, high = self.limits(parts, 0, 70000, "minimum", "maximum")
        return self.rng.choice([low, high, self.rng.randint(low, high)])

    def make_number(self, parts, deep):
        low, high = self.limits(parts, -100.0, 100.0, "minimum", "maximum")
        return self.rng.choice([low, high, self.rng.uniform(low, high)])

    def make_string(self, parts, deep):
        patterns = sorted({part["pattern"] for part, _ in parts if "pattern" in part}, key=len)
        if not patterns:
            low, high = self.limits(parts, 1, 20, "minLength", "maxLength")
            return "".join(self.rng.choice("abc xyz\u00e9\u3042\U0001f600-.1") for _ in range(self.rng.randint(low, high)))
        made = exrex.getone(patterns[-1], limit=20)
        if len(patterns) > 1 and patterns[0].endswith("--"):
            made = exrex.getone(patterns[0]) + made.rpartition("--")[2]    # an identifier of one type
        return made

    def make_array(self, parts, deep):
        low, high = self.limits(parts, 0, 3, "minItems", "maxItems")
        items = [(part["items"], base) for part, base in parts if "items" in part]
        return [self.value(items, deep + 1) for _ in range(low if deep >= DEEPEST else self.rng.randint(low, high))]

    def make_object(self, parts, deep):
        known, must, out = {}, set(), {}
        for part, base in parts:
            must.update(part.get("required", ()))
            for name, schema in part.get("properties", {}).items():
                known.setdefault(name, []).append((schema, base))
        chance = 0 if deep >= DEEPEST else self.rng.choice([0.0, 0.1, 0.4, 0.8]) / (1 + deep)
        for name, where in known.items():
            if name in must or self.rng.random() < chance:
                out[name] = self.value(where, deep + 1)
        low, high = self.limits(parts, 0, 2, "minProperties", "maxProperties")
        names = [(part["propertyNames"], base) for part, base in parts if "propertyNames" in part]
        extra = [(part["additionalProperties"], base) for part, base in parts if part.get("additionalProperties", True) is not True]
        if not known or len(out) < low:
            for _ in range(self.rng.randint(low, high)):
                out[self.value(names, deep + 1)] = "x" if deep >= DEEPEST else self.value(extra, deep + 1)
        return out


class Spoiler:
    """Changes one thing at a random place of a value, in place; says what."""

    def __init__(self, rng):
        self.rng = rng

    def odd(self):
        """A copy: values of one object are never shared."""
        return copy.deepcopy(self.rng.choice(ODD_VALUES + ODD_STRINGS))

    def places(self, value):
        """Every (container, key) below a value."""
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            if isinstance(value[key], (dict, list)):
                yield from self.places(value[key])

    def spoil(self, value):
        places = list(self.places(value))
        if not places:
            return None
        holder, key = self.rng.choice(places)
        way = self.rng.choice([self.drop, self.replace, self.edit, self.edit, self.add, self.rename, self.swap])
        return way(holder, key, places)

    def drop(self, holder, key, places):
        del holder[key]
        return "%s dropped" % key

    def replace(self, holder, key, places):
        holder[key] = self.odd()
        return "%s replaced" % key

    def edit(self, holder, key, places):
        old = holder[key]
        if isinstance(old, str):
            at = self.rng.randint(0, len(old))
            holder[key] = self.rng.choice([old[:at] + self.rng.choice("aA0-_.:/ \n\u00df\U0001f600") + old[at:], old[:at] + old[at + 1:],
                old.upper(), old.swapcase(), old + "\n", old + old])
        elif isinstance(old, bool):
            holder[key] = str(old).lower()
        elif isinstance(old, (int, float)):
            holder[key] = self.rng.choice([-old, old + 0.5, old * 1.0, old * 1000, str(old), old - 1, old + 1])
        elif isinstance(old, list):
            holder[key] = self.rng.choice([[], old + old, old + [None], {"0": 1}, old[:1]])
        else:
            holder[key] = {}
        return "%s edited" % key

    def add(self, holder, key, places):
        if isinstance(holder, list):
            holder.insert(0, self.odd())
        else:
            holder[self.rng.choice(["x_new", "X", "a", "severity", "action", "defanged", "x" * 251, "extensions", "id", "type",
                "hashes", "granular_markings", "is_family", "latitude", "\u00e9t\u00e9"])] = self.odd()
        return "something added beside %s" % key

    def rename(self, holder, key, places):
        if isinstance(holder, list):
            holder.reverse()
        else:
            holder[self.rng.choice([str(key).upper(), str(key) + "_", str(key)[1:], "x_" + str(key)])] = holder.pop(key)
        return "%s renamed" % key

    def swap(self, holder, key, places):
        other, at = self.rng.choice(places)
        holder[key] = copy.deepcopy(other[at])
        return "%s is now what %s was" % (key, at)


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random
    rng.seed(seed)    # exrex takes the module's
    schemas = Schemas(folder)
    maker, spoiler = Maker(schemas, rng), Spoiler(rng)
    files = sorted(uri for uri, schema in schemas.by_id.items() if schema.get("type") == "object" or "properties" in schema)
    for n in range(count):
        uri = files[n % len(files)]
        made = maker.value([(schemas.by_id[uri], uri)])
        spoilt = [spoiler.spoil(made) for _ in range(rng.choice([0, 1, 1, 1, 2]))]
        print(json.dumps({"schema": schemas.path[uri], "instance": made, "spoilt": "; ".join(filter(None, spoilt)) or None}))


main()
