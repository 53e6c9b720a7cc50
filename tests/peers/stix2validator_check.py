"""stix2-validator over our bundles: stix2validator_check.py BUNDLE...   No error, and no warning but those explained here."""
import re

from stix2validator import ValidationOptions, validate_file

from bundles import end, named_bundles, ok

# Warnings that we cause on purpose: what the message is like, and why.
EXPLAINED = [
    # Ids of SDOs, SROs and bundles are derived (UUIDv5 in a namespace of ours), so that the same statement has the same id
    # wherever it is made; section 2.9 prefers version 4 there and forbids only its own namespace.
    re.compile(r"\{103\} Given ID value \S+ is not a valid UUIDv4 ID"),
    # Two observables of one bundle would share a UUID, which platforms that key by UUID alone cannot keep apart; or the
    # standard demands version 4 because no property contributes to the id (section 2.9).
    re.compile(r"\{103\} Cyber Observable ID value \S+ is not a valid UUIDv5 ID"),
    # The one relationship that the standard does not list: the form in which OpenCTI stores where an indicator comes from.
    re.compile(r"\{202\} '[a-z0-9-]+' is permitted, but not a suggested relationship target object for 'indicator' objects with"
               r" the 'based-on' relationship"),
    # A hash would be one of whatever the page is on the day; nothing is fetched when a newsletter is converted.
    re.compile(r"\{302\} External reference '[^']*' has a URL but no hash"),
    # Newsletters state the port that was contacted, not the one a packet left from.
    re.compile(r"\{301\} The Network Traffic object '\S+' should contain both the 'src_port' and 'dst_port' properties"),
]

for name, path, bundle in named_bundles():
    result = validate_file(path, ValidationOptions(version="2.1"))
    errors = [str(e) for o in result.object_results for e in o.errors]
    if result.fatal:
        errors.append(result.fatal)
    ok(result.is_valid and not errors, name + ": no error", *errors)
    warnings = [str(w) for o in result.object_results for w in o.warnings]
    strange = [w for w in warnings if not any(e.search(w) for e in EXPLAINED)]
    ok(not strange, name + ": only the explained warnings", *strange)
end()
