#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Validates documents against a JSON Schema: schema_check.py [-q] SCHEMA DOC...

Every violation is printed with the place it stands at (not with -q). Exit code 0 when all
documents follow the schema, 1 when one does not, 2 for wrong usage or an invalid
schema, 77 without the jsonschema module."""
import json
import sys

try:
    import jsonschema
except ImportError:
    sys.exit(77)


def no_duplicates(pairs):
    """A duplicate key is a mistake that json.load would hide."""
    members = dict(pairs)
    if len(members) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError("duplicate keys: %s" % sorted({k for k in keys if keys.count(k) > 1}))
    return members


def no_constant(name):
    raise ValueError("%s is not JSON" % name)


def load(path):
    with open(path, encoding="utf-8", errors="strict") as f:
        return json.load(f, object_pairs_hook=no_duplicates, parse_constant=no_constant)


def complain(quiet, text):
    if not quiet:
        print(text, file=sys.stderr)


def check(validator, path, quiet):
    try:
        errors = sorted(validator.iter_errors(load(path)), key=lambda e: [str(p) for p in e.absolute_path])
    except (OSError, ValueError) as e:
        complain(quiet, "%s: %s" % (path, e))
        return False
    for e in errors:
        place = "/".join(str(p) for p in e.absolute_path) or "(top)"
        complain(quiet, "%s: %s: %s" % (path, place, e.message[:200]))
    return not errors


def main(argv):
    quiet = argv[1:2] == ["-q"]
    if quiet:
        argv = argv[1:]
    if len(argv) < 3:
        print(__doc__.splitlines()[0], file=sys.stderr)
        return 2
    try:
        schema = load(argv[1])
        jsonschema.Draft202012Validator.check_schema(schema)
    except (OSError, ValueError, jsonschema.SchemaError) as e:
        print("%s: %s" % (argv[1], e), file=sys.stderr)
        return 2
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    good = [check(validator, path, quiet) for path in argv[2:]]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
