"""See ../client-program.ts."""

import json
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

host, port, client_id, level, commands_topic, readings_topic, reading, count = sys.argv[1:]
readings = int(count)
UNDER_WAY_MAX = 10
published = 0
numbers = {}  # by message id; all of it in the client's own thread


def tell(**happening):
    print(json.dumps(happening), flush=True)


def publish_next():
    global published
    if published == readings:
        return
    published += 1
    payload = reading.replace("{n}", f"{published:012d}")
    sent = client.publish(readings_topic, payload, qos=1 if published % 2 == 1 else 2)
    numbers[sent.mid] = published


def on_connect(_client, _data, flags, reason, _properties):
    if reason.is_failure:
        return  # The library comes again.
    tell(happened="connected", sessionPresent=flags.session_present)
    if published == 0:
        client.subscribe(commands_topic, qos=2)


def on_subscribe(_client, _data, _mid, reasons, _properties):
    if any(reason.is_failure for reason in reasons):
        tell(happened="failed", why=f"subscribing: {reasons}")
        return
    tell(happened="subscribed")
    for _ in range(UNDER_WAY_MAX):
        publish_next()


def on_publish(_client, _data, mid, reason, _properties):
    if reason.is_failure:
        tell(happened="failed", why=f"publishing: {reason}")
    else:
        tell(happened="acknowledged", n=numbers.pop(mid))
    publish_next()


def on_message(_client, _data, message):
    tell(happened="command", payload=json.loads(message.payload))


five = level == "5"
client = mqtt.Client(
    mqtt.CallbackAPIVersion.VERSION2,
    client_id=client_id,
    protocol=mqtt.MQTTv5 if five else mqtt.MQTTv311,
    clean_session=None if five else False,
)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_message = on_message
client.reconnect_delay_set(min_delay=0.1, max_delay=0.1)
if five:
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    client.connect_async(host, int(port), clean_start=False, properties=properties)
else:
    client.connect_async(host, int(port))
client.loop_start()
sys.stdin.read()
client.disconnect()
client.loop_stop()
tell(happened="done")
