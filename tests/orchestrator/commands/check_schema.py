"""check_schema.py SCHEMA FILE...: prints as JSON which files a JSON Schema refuses, and why.

Works as check-jsonschema does, by the same libraries, which Debian has: YAML 1.2, the most telling mistake.
"""
import json
import sys

import jsonschema
import ruamel.yaml

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
refused = {}
for name in sys.argv[2:]:
    with open(name, encoding="utf-8") as file:
        content = ruamel.yaml.YAML(typ="safe", pure=True).load(file)
    mistake = jsonschema.exceptions.best_match(validator.iter_errors(content))
    if mistake:
        refused[name] = f"{mistake.json_path}: {mistake.message}"
print(json.dumps(refused))
