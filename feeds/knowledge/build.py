#!/usr/bin/env python3
"""
Makes the bundles of this folder: build.py NAMES.tsv

NAMES.tsv holds names, aliases and external ids from MITRE ATT&CK and the MISP galaxy (columns: type, name, aliases, source,
external id, notes). places.tsv, organisations.tsv, sectors.tsv, techniques.tsv
and renderings.tsv beside this script are ours. Same input, same bytes. One object a line, so that a change shows in a diff.
"""
import collections
import json
import os
import re
import sys
import unicodedata
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
NAMESPACE = uuid.UUID('8ed6085c-ed41-44cb-a197-375ee3ad7286')
STAMP = '2026-08-06T00:00:00.000Z'  # of the newer source
ATTACK, GALAXY = 'mitre-attack', 'misp-galaxy'
PROJECT = 'identity--' + str(uuid.uuid5(NAMESPACE, 'identity||stixpress'))

# Names that stand in the sources but are no malware: advertising libraries, generic words, placeholders, jokes of the list.
DROP = set('''
adchina adfonic adinfo adknowledge admarvel admob adwhirl amazonads apperhand appleservice applovin burstly buzzcity camscanner
casee cauly domob feiwo inmobi jumptap jzmob mdotm medialets millennialmedia mobclix mobfox mopub revmob sellaring smaato tapjoy
umeng vdopia vserv wiyun wooboo yahooads youmi yume zestadz pandaads adwo airad adsms waps mobwin adwlauncher
unnamedgroup vault78 unnamedactor unknown unnamedbin unnamedramsomware1 unnamedramsomware2 unnamedandroid telegram
defaultransomware cryptoransomeware ransomwareblog windowssecurityransonware facebookht netflix zimbra freshdesk mcafee norton
cylance mydata defender viagra donaldtrump windows10 android python desktop unknownlock unknowncrypted unknownxtbl ransomware malware virus
trojan worm backdoor botnet rat cmd cve hitler autoit netix windowsremotedesktop httpwebbackdoor httpweb'''.split())

# Producers whose name is first of all a word.
WORDS = set('socket medium arctic netsec feedly'.split())

# Legitimate or dual-use programs that a list of malware names holds too.
TOOLS = set('''
anydesk teamviewer ammyyadmin ammyadmin aeroadmin beamyourscreen chromeremotedesktop comodounite damewareminiremotecontrol desktopnow
iperiusremote joinme litemanager netsupportmanager realvnc remoteutilities remotepc seecreen showmypc ultravnc
atelierwebremotecommander privateinternetaccess procdump psexec paexec netcat netscan nbtscan metasploit mimikatz chisel gost
tightvnc rdpwrap rdpwrapper winexe wmiexec impacket csvdeexe crackmapexec confuserex enum4linux lazagne koadic covenant regeorg
sigflip htran jexboss invokemimikatz sliver eternalblue eternalchampion eternalromance eternalsynergy fuzzbunch doublepulsar
goscan hackshit nlbrute rubellamacrobuilder screenshotter badpotato empyre empire smbtouch'''.split())

# Remote access trojans that ATT&CK files under tools because their source is public.
TROJANS = set('asyncrat quasarrat remcos pupy pcshare imminentmonitor flexispy xbot'.split())

MALWARE_TYPES = {'ransomware': 'ransomware', 'rat': 'remote-access-trojan', 'banker': 'trojan', 'botnet': 'bot',
                 'backdoor': 'backdoor', 'stealer': 'spyware', 'exploit-kit': 'exploit-kit'}

# Techniques of ATT&CK Mobile among the T1xxx numbers; where Enterprise has the same name, Enterprise is meant.
MOBILE = set(list(range(1398, 1483)) + [1509, 1512, 1513, 1516, 1517, 1521, 1532, 1533, 1541, 1544, 1575, 1577, 1582, 1603, 1604,
             1605, 1616, 1617, 1618] + list(range(1623, 1647)) + [1655, 1660, 1661, 1662, 1663, 1664])


def fold(s):
    """As text_fold() of src/base/text.c: NFKC, case-folded, letters, digits and marks only."""
    s = unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', s).casefold())
    return ''.join(c for c in s if unicodedata.category(c)[0] in 'LNM')


def derived(kind, key):
    return kind + '--' + str(uuid.uuid5(NAMESPACE, '%s|%s|%s' % (kind, PROJECT, key)))


def rows(name, columns):
    with open(os.path.join(HERE, name), encoding='utf-8') as f:
        for line in f:
            if line.startswith('#') or not line.strip():
                continue
            c = line.rstrip('\n').split('\t')
            yield (c + [''] * columns)[:columns]


def split(s):
    return [x.strip() for x in s.split('|') if x.strip()]


def statement(text):
    return {'type': 'marking-definition', 'spec_version': '2.1', 'id': derived('marking-definition', fold(text)),
            'created_by_ref': PROJECT, 'created': STAMP, 'definition_type': 'statement', 'definition': {'statement': text}}


LICENCES = {
    ATTACK: statement('© The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE '
                      'Corporation. Source: MITRE ATT&CK v18 (Enterprise, Mobile, ICS).'),
    GALAXY: statement('MISP galaxy, 2026-08-06: CC0 1.0 Universal, or the 2-clause BSD licence.'),
}

NAMES = derived('extension-definition', 'names')
DEFINITION = {
    'type': 'extension-definition', 'spec_version': '2.1', 'id': NAMES, 'created_by_ref': PROJECT, 'created': STAMP,
    'modified': STAMP, 'name': 'Further names',
    'description': 'Other names and adjectives of an object whose type has no aliases, per language.',
    'schema': 'names: an object; each key is a language tag (RFC 5646), each value a list of strings.',
    'version': '1.0.0', 'extension_types': ['property-extension']}

PUBLISHER = {
    'type': 'identity', 'spec_version': '2.1', 'id': PROJECT, 'created_by_ref': PROJECT, 'created': STAMP, 'modified': STAMP,
    'name': 'stixpress', 'identity_class': 'system'}


class Thing:
    """What the sources say under one name."""

    def __init__(self, name):
        self.name, self.type, self.rank = name, None, 9
        self.aliases = collections.OrderedDict()
        self.external, self.kinds, self.sources = None, [], []

    def alias(self, name):
        key = fold(name)
        if len(key) >= 2 and key != fold(self.name) and not re.fullmatch(r'[GSC]\d{4}', name):
            self.aliases.setdefault(key, name)


def clean(name):
    """A name without the words of its list: "Foo Ransomware (FAKE!!!)" is Foo."""
    name = re.sub(r'\s*\((?:fake|not an official)[^)]*\)', '', name, flags=re.I).strip()
    name = re.sub(r'\s+(?:ransom\s?ware|ransomeware|ransomsware|ransonware|ramsomware|ramenware)$', '', name, flags=re.I)
    name = re.sub(r'\s+(?:malware(?: tool)?|botnet|exploit kit|webshell)$', '', name, flags=re.I) or name
    return name.strip('"“”. ') if name.startswith(('"', '.')) else name.strip()


def usable(name):
    key = fold(name)
    return len(key) >= 2 and not key.isdigit() and key not in DROP and not re.search(r'[\[\](){}<>,;]|\bor[A-Z]| / | и ', name) \
        and len(name) <= 60 and not name.startswith('Subgroup')


def gather(table, want):
    things = collections.OrderedDict()
    for kind, name, aliases, source, external, notes in table:
        if kind not in want:
            continue
        galaxy = source.split(':')[1] if ':' in source else None
        written = name
        name = clean(name) if kind in ('malware', 'tool') and source != ATTACK else name
        if galaxy == 'ransomware' and re.fullmatch(r'[a-z]{4,}', name):
            name = name.capitalize()  # a list of leak sites, all in lower case
        if kind == 'intrusion-set':
            # what is called an operation is what a group does, whatever the lists say
            groups = [a for a in [name] + split(aliases) if not a.startswith('Operation ')]
            if not groups:
                continue
            name, aliases = groups[0], '|'.join(groups[1:])
        if not usable(name):
            continue
        software = kind in ('malware', 'tool')
        if galaxy == 'tool' or galaxy == 'exploit-kit' or software and fold(name) in TOOLS | TROJANS:
            kind = 'tool' if fold(name) in TOOLS else 'malware'
        rank = 0 if source == ATTACK else 1 if galaxy != 'tool' else 2
        key = ('software' if software else kind, fold(name))
        t = things.setdefault(key, Thing(name))
        if rank < t.rank:
            t.name, t.type, t.rank = name, kind, rank
        if software and kind == 'tool' and fold(name) in TOOLS:
            t.type = 'tool'
        if source == ATTACK:
            t.external = t.external or external
            if software and written.endswith(' Ransomware'):
                t.kinds.append('ransomware')
                t.alias(clean(written))
            short = re.sub(r' (?:Group|Team)$', '', written)
            if kind == 'intrusion-set' and short != written and len(short) > 4:
                t.alias(short)
        for a in split(aliases):
            a = clean(a) if software else a
            if usable(a) and not re.match(r'(?i)(trojan|backdoor|win32|osx|elf|bkdr|tspy|pe|w32|agent)[._/:-]', a):
                t.alias(a)
        if galaxy in MALWARE_TYPES:
            t.kinds.append(MALWARE_TYPES[galaxy])
        t.sources.append(ATTACK if source == ATTACK else GALAXY)
    return things


def head(kind, key, name):
    return collections.OrderedDict([('type', kind), ('spec_version', '2.1'), ('id', derived(kind, key)), ('created', STAMP),
                                    ('modified', STAMP), ('name', name)])


def tail(o, external, sources):
    if external:
        o['external_references'] = [{'source_name': ATTACK, 'external_id': external}]
    o['object_marking_refs'] = [LICENCES[s]['id'] for s in (ATTACK, GALAXY) if s in sources]
    return o


def renderings():
    return {fold(name): split(ja) for name, ja in rows('renderings.tsv', 2)}


def objects(things):
    written = renderings()
    for (_, key), t in sorted(things.items()):
        o = head(t.type, t.external or key, t.name)
        if t.type == 'malware':
            if t.kinds:
                o['malware_types'] = sorted(set(t.kinds))
            o['is_family'] = True
        aliases = [a for k, a in t.aliases.items()]
        # of an alias the rendering is one, too
        aliases += [ja for a in t.aliases for ja in written.get(a, []) if fold(ja) not in t.aliases]
        if aliases:
            o['aliases'] = aliases
        yield tail(extra(o, [], written.get(fold(t.name), [])), t.external, t.sources)


def technique_rank(i):
    number = int(i[1:5])
    return (2 if i.startswith('T0') else 1 if number in MOBILE else 0, i)


def techniques(table):
    names = {c[4]: c[1] for c in table if c[0] == 'attack-pattern'}
    own = [split(en) + split(ja) for i, en, ja in rows('techniques.tsv', 3) if i == '-']
    ours = {i: split(en) + split(ja) for i, en, ja in rows('techniques.tsv', 3) if i != '-'}
    owner = {}
    for i in sorted(names, key=technique_rank):
        owner.setdefault(fold(names[i]), i)
    for i, aliases in ours.items():
        for a in aliases:
            other = owner.get(fold(a), i)
            if other != i and technique_rank(other)[0] == 0:
                sys.exit('techniques.tsv: %s: "%s" is the name of %s' % (i, a, other))
    # in the order of technique_rank(): where several techniques share a name, the first object has it
    for i in sorted(names, key=technique_rank):
        o = head('attack-pattern', i, names[i])
        aliases = ours.pop(i, [])
        parent = names.get(i.split('.')[0])
        if '.' in i and parent:
            aliases = aliases + ['%s: %s' % (parent, names[i])]
        if owner[fold(names[i])] != i:
            aliases = [a for a in aliases if ':' not in a]
        aliases = [a for n, a in enumerate(aliases) if fold(a) != fold(names[i]) and
                   fold(a) not in [fold(b) for b in aliases[:n]]]
        if aliases:
            o['aliases'] = aliases
        yield tail(o, i, [ATTACK])
    for name, *aliases in own:
        o = head('attack-pattern', fold(name), name)
        o['aliases'] = [a for a in aliases if fold(a) != fold(name)]
        yield o
    if ours:
        sys.exit('techniques.tsv: no such technique: ' + ', '.join(ours))


def extra(o, en, ja):
    names = collections.OrderedDict((k, v) for k, v in (('en', en), ('ja', ja)) if v)
    if names:
        o['extensions'] = {NAMES: {'extension_type': 'property-extension', 'names': names}}
    return o


def places():
    for code, name, en, ja in rows('places.tsv', 4):
        kind, _, value = code.rpartition(':')
        o = head('location', value if not kind else fold(name), name)
        if kind == 'region':
            o['region'] = value
        else:
            o['country'] = value
        if kind == 'area':
            o['administrative_area'] = name
        if kind == 'city':
            o['city'] = name
        yield extra(o, split(en), split(ja))


def organisations(table):
    known = set()
    for name, en, ja, role, sector, _ in rows('organisations.tsv', 6):
        o = head('identity', fold(name), name)
        if role != '-':
            o['roles'] = [role]
        o['identity_class'] = 'organization'
        if sector:
            o['sectors'] = [sector]
        known.update(fold(n) for n in [name] + split(en))
        yield extra(o, split(en), split(ja))
    for kind, name, aliases, source, _, _ in table:
        name = re.sub(r' Blogs?$', '', name)
        if source != 'misp-galaxy:producer' or fold(name) in known | WORDS or len(fold(name)) < 4:
            continue
        o = head('identity', fold(name), name)
        o['roles'], o['identity_class'], o['sectors'] = ['vendor'], 'organization', ['technology']
        yield tail(extra(o, [a for a in split(aliases) if fold(a) not in known and fold(a) != fold(name)], []), None, [GALAXY])
    for name, en, ja, sector in rows('sectors.tsv', 4):
        o = head('identity', 'class ' + fold(name), name)
        o['roles'], o['identity_class'], o['sectors'] = ['sector'], 'class', [sector]
        yield extra(o, split(en), split(ja))


def write(name, things):
    things = list(things)
    first = [PUBLISHER]
    for s in LICENCES.values():
        if any(s['id'] in t.get('object_marking_refs', []) for t in things):
            first.append(s)
    if any('extensions' in t for t in things):
        first.append(DEFINITION)
    ids = [t['id'] for t in things]
    for i, n in collections.Counter(ids).items():
        if n > 1:
            sys.exit('%s: %s stands there twice' % (name, i))
    with open(os.path.join(HERE, name), 'w', encoding='utf-8', newline='\n') as f:
        f.write('{"type": "bundle", "id": "%s", "objects": [\n' % derived('bundle', name))
        f.write(',\n'.join(json.dumps(t, ensure_ascii=False) for t in first + things))
        f.write('\n]}\n')
    print('%s: %d objects' % (name, len(first) + len(things)))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding='utf-8') as f:
        table = [(line.rstrip('\n').split('\t') + [''] * 6)[:6] for line in f if not line.startswith('#')]
    write('actors.json', objects(gather(table, ('intrusion-set', 'campaign'))))
    write('software.json', objects(gather(table, ('malware', 'tool'))))
    write('techniques.json', techniques(table))
    write('places.json', places())
    write('organisations.json', organisations(table))


main()
