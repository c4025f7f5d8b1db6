"""MQTT to PostgreSQL as one writes it in an afternoon, and well: batches, and a message acknowledged after its commit.

Usage: ingest.py one-table|three-tables, with PEER_DATABASE_URL, PEER_MQTT_HOST, PEER_MQTT_PORT and PEER_CLIENT_ID set.
"""

import json
import os
import queue
import sys
import time
from pathlib import Path

import paho.mqtt.client as mqtt
import psycopg

BATCH_MAX = 1000
LINGER_SECONDS = 0.05
COLUMNS = ("sensor_id", "time", "sensor_type", "value", "unit", "location", "metadata")

arrived: queue.SimpleQueue = queue.SimpleQueue()


def row(message):
    """The columns of one message."""
    reading = json.loads(message.payload)
    sensor_id = message.topic.split("/")[2]
    measured = (reading["timestamp"], reading["sensor_type"], float(reading["value"]), reading["unit"])
    return (sensor_id, *measured, json.dumps(reading["location"]), json.dumps(reading.get("metadata")))


def next_batch():
    """Waits for a message, then takes what comes within the linger, at most a batch."""
    batch = [arrived.get()]
    until = time.monotonic() + LINGER_SECONDS
    while len(batch) < BATCH_MAX:
        try:
            batch.append(arrived.get(timeout=max(0, until - time.monotonic())))
        except queue.Empty:
            break
    return batch


def on_connect(client, _userdata, flags, _reason, _properties):
    if not flags.session_present:
        client.subscribe("ceiling/sensors/+/data", qos=1)


def main(shape):
    here = Path(__file__).parent
    insert = (here / f"{shape}.insert.sql").read_text()
    client = mqtt.Client(
        mqtt.CallbackAPIVersion.VERSION2,
        client_id=os.environ["PEER_CLIENT_ID"],
        clean_session=False,
        manual_ack=True,
    )
    client.on_connect = on_connect
    client.on_message = lambda _client, _userdata, message: arrived.put(message)
    with psycopg.connect(os.environ["PEER_DATABASE_URL"]) as connection:
        connection.execute((here / f"{shape}.tables.sql").read_text())
        connection.commit()
        client.connect(os.environ["PEER_MQTT_HOST"], int(os.environ["PEER_MQTT_PORT"]))
        client.loop_start()
        while True:
            batch = next_batch()
            columns = zip(*(row(message) for message in batch), strict=True)
            connection.execute(insert, dict(zip(COLUMNS, map(list, columns), strict=True)))
            connection.commit()
            for message in batch:
                client.ack(message.mid, message.qos)


main(sys.argv[1])
