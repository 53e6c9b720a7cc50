#!/usr/bin/env python3
"""expected.py EXPECTED.json BUNDLE.json: does the bundle state what a careful analyst states from the text? TAP on standard output.

What the keys of an expected file mean stands in its notes. One check for each required entity, relationship and file, one for each
forbidden rule.
"""
import json
import sys
import unicodedata


def fold(s):
    return ''.join(c for c in unicodedata.normalize('NFKC', s or '').casefold() if c.isalnum())


def as_list(x):
    return x if isinstance(x, list) else [x]


class Bundle:
    def __init__(self, objects):
        self.objects = objects
        self.by_id = {o['id']: o for o in objects}
        self.links = [o for o in objects if o['type'] == 'relationship']

    def named(self, want):
        """objects that are the entity"""
        types = [want['type']] + want.get('accept_types', [])
        names = {fold(n) for n in [want['name']] + as_list(want.get('written', []))}
        ids = set(want.get('external_ids', []))
        return [o for o in self.objects if o['type'] in types and (
            fold(o.get('name')) in names or ids & {r.get('external_id') for r in o.get('external_references', [])})]


def main():
    expected, bundle = (json.load(open(p, encoding='utf-8')) for p in sys.argv[1:3])
    b = Bundle(bundle['objects'])
    n = 0

    def ok(good, what):
        nonlocal n
        n += 1
        print(f"{'' if good else 'not '}ok {n} - {what}")

    entities = {e['name']: e for e in expected['entities']}
    for e in expected['entities']:
        ok(b.named(e), f"{e['type']} {e['name']}")

    def ids(name):
        if name == '@files':
            named = [f[k] for f in expected['files'] for k in ('name', 'detection') if f.get(k)]
            return {o['id'] for o in b.objects if o['type'] in ('file', 'indicator') or o.get('name') in named}
        if name in entities:
            return {o['id'] for o in b.named(entities[name])}
        return {o['id'] for o in b.objects if fold(o.get('name')) == fold(name)}

    def states(source, types, target):
        return [r for r in b.links if ('*' in types or r['relationship_type'] in types)
                and ('*' in source or r['source_ref'] in set().union(*map(ids, source)))
                and ('*' in target or r['target_ref'] in set().union(*map(ids, target)))]

    for r in expected['relationships']:
        ok(states([r['source']] + r.get('accept_sources', []), [r['type']] + r.get('accept_types', []), [r['target']]),
           f"{r['source']} {r['type']} {r['target']}")

    for f in expected['files']:
        hashes = {'SHA-256': f['sha256'], 'MD5': f['md5']}
        found = [o for o in b.objects if o['type'] == 'file' and o.get('hashes') == hashes and o.get('name') == f.get('name')]
        ok(found, f"file {f['sha256'][:12]} with both hashes and its name")
        marks = [o for o in b.objects if o['type'] == 'indicator' and f['sha256'] in o['pattern'] and f['md5'] in o['pattern']]
        ok(len(marks) == 1 and (f.get('product') or '') in marks[0].get('description', ''), f"one indicator for {f['sha256'][:12]}")
        ok(any(states([i.get('name') or ''], ['indicates'], [f['detection']]) for i in marks), f"indicates {f['detection']}")
    ok(len([o for o in b.objects if o['type'] == 'indicator']) == len(expected['files']), 'no other indicator')

    text = json.dumps(b.objects, ensure_ascii=False)
    patterns = ' '.join(o.get('pattern', '') for o in b.objects)
    for x in expected['forbidden']:
        if 'relationship' in x:
            r = x['relationship']
            bad = states(as_list(r['source']), as_list(r['type']), as_list(r['target']))
        elif 'entity' in x:
            want = x['entity']
            types = as_list(want['type'])
            bad = [o for o in b.objects if ('*' in types or o['type'] in types) and
                   ('*' in as_list(want['name']) or fold(o.get('name')) in {fold(s) for s in as_list(want['name'])})]
        elif 'observable' in x:
            want = x['observable']
            values, types = as_list(want['value']), as_list(want['type'])
            bad = [o for o in b.objects if o['type'] in types and ('*' in values or o.get('value', o.get('name')) in values)]
        elif 'pattern' in x:
            path = x['pattern'].split()[0]  # "file:name alone"
            bad = [o for o in b.objects if path in o.get('pattern', '') and 'hashes' not in o['pattern']]
        elif 'hash_prefix' in x:
            bad = [p for p in as_list(x['hash_prefix']) if f"'{p}" in patterns or f'"{p}' in text]
        elif 'text' in x:
            bad = [t for t in as_list(x['text']) if t in text]
        else:
            bad = [f"unknown rule {x}"]
        ok(not bad, f"never: {x['why']}")
    print(f"1..{n}")


if __name__ == '__main__':
    main()
