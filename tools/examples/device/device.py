"""
The example device for its tests. It executes a command by writing its id to a file of its own, and when asked to (`wait`) only
after a line of input says so. What happens it reports as lines of JSON; `{"readings": n}` in its input makes it publish so many.
"""

import json
import logging
import os
import sys
import threading

from plenum_device import PlenumDevice

port, store, executed, version = sys.argv[1:]
logging.basicConfig(level=logging.INFO)  # To stderr.
may_go = threading.Semaphore(0)
device = PlenumDevice("node-1", "not checked here", store, port=int(port), mqtt_5=version == "5")


@device.on_command
def handle(command):
    print(json.dumps({"began": command.id}), flush=True)
    if command.parameters.get("wait"):
        command.executing()
        may_go.acquire()
    with open(executed, "a") as file:
        file.write(f"{command.id}\n")
        file.flush()
        os.fsync(file.fileno())
    if command.name == "break":
        raise ValueError("broken")
    return {"offset": 0}


device.start()
for line in sys.stdin:
    asked = json.loads(line)
    if asked.get("go"):
        may_go.release()
    if readings := asked.get("readings"):
        for index in range(readings):
            device.reading("temperature", index, "°C", {"x": 1, "y": 2, "z": 3})
        print(json.dumps({"kept": readings}), flush=True)
device.stop()
