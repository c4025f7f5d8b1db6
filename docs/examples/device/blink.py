"""A light that can be switched by commands, and says once a minute how bright it is."""

import logging
import os
import time

from plenum_device import PlenumDevice

logging.basicConfig(level=logging.INFO)
device = PlenumDevice(
    os.environ["NODE_ID"],
    os.environ["NODE_KEY"],
    store=os.environ.get("STORE", "blink.sqlite3"),
    host=os.environ.get("MQTT_HOST", "127.0.0.1"),
    port=int(os.environ.get("MQTT_PORT", "1883")),
)
light = {"on": False}


@device.on_command
def handle(command):
    if command.name == "switch":
        light["on"] = command.parameters["on"]
        return light
    if command.name == "blink":
        times = command.parameters["times"]
        command.executing()
        time.sleep(times)  # What a light would do.
        return {"times": times}
    raise ValueError(f"{command.name} is no command of this light")


device.start()
while True:
    device.reading("light_level", 400 if light["on"] else 0, "lx", {"x": 2400, "y": 0, "z": 2700})
    time.sleep(60)
