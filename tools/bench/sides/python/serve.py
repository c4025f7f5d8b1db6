"""The other end of `python-member.ts`: one JSON object a line, asked on standard input and answered on standard output."""

import json
import sys
import traceback


def serve(handlers):
    """Answers until standard input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"value": handlers[asked["what"]](**asked["parameters"])}
        except Exception:
            answer = {"problem": traceback.format_exc()}
        print(json.dumps(answer), flush=True)
