"""OpaqueString as precis-i18n has it. Reads a JSON array of strings, writes the enforced texts, null for a refusal."""

import json
import sys

import unicodedata2
from precis_i18n import get_profile

profile = get_profile("OpaqueString", unicodedata=unicodedata2)


def enforced(text):
    try:
        return profile.enforce(text)
    except UnicodeEncodeError:
        return None


texts = json.load(sys.stdin)
unassigned = [cp for cp in range(0x110000) if unicodedata2.category(chr(cp)) == "Cn"]
json.dump({"enforced": [enforced(text) for text in texts], "unassigned": unassigned}, sys.stdout)
