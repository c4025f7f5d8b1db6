"""
Devices for chaos: several nodes in one process, each with a file in which it writes what it received, executed and answered.

It shares no code with Plenum and none with the example device. Each line of a file is on the disk before anything follows from it:
before the PUBACK, before the execution, which is the line `executed` itself, and before the answer. What a command is to come to
stands in its parameters (`act`). Connections end in order, by themselves, and before or after a command is noted; the next one is at
another bridge by chance. Where the file `calm` exists, everybody stays connected.
"""

import json
import os
import queue
import random
import signal
import sys
import threading
import time
import uuid
from datetime import datetime

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

KEEP_ALIVE_SECONDS = 5
SESSION_SECONDS = 600


def vital(work):
    """A process that has lost a thread looks alive. It ends instead, and is started again."""

    def run(*given):
        try:
            work(*given)
        except Exception:
            import traceback

            traceback.print_exc()
            os._exit(1)

    return run


class Record:
    """The file of one node."""

    def __init__(self, path):
        self.lines = []
        if os.path.exists(path):
            with open(path, "rb") as file:
                for line in file.read().split(b"\n"):
                    try:
                        self.lines.append(json.loads(line))
                    except ValueError:
                        pass  # Cut off by a kill.
        self._lock = threading.Lock()
        self._file = open(path, "ab", buffering=0)
        self._file.write(b"\n")

    def write(self, what, command_id, **more):
        line = json.dumps({"at_ms": time.time() * 1000, "what": what, "id": command_id, **more})
        with self._lock:
            self._file.write(line.encode() + b"\n")
            os.fsync(self._file.fileno())


class Node:
    def __init__(self, settings, directory, calm):
        self.node_id = settings["node_id"]
        self.settings = settings
        self.calm = calm
        self.numbers = random.Random(f"{self.node_id} {os.getpid()}")
        self.record = Record(os.path.join(directory, f"{self.node_id}.ndjson"))
        self.states = {}  # Of each command: noted, begun, done.
        self.said = {}  # The answer of each that is done.
        self.waiting = {}  # Answers that are not acknowledged, by their event id.
        self.work = queue.Queue()
        self.under_way = {}  # Event ids of what is published, by packet id.
        self.is_cut = False
        noted = {}
        for line in self.record.lines:
            what, command_id = line["what"], line["id"]
            if what == "noted":
                self.states[command_id] = "noted"
                noted[command_id] = line["body"]
            elif what == "begun":
                self.states[command_id] = "begun"
            elif what == "answer":
                self.waiting[line["event_id"]] = line["body"]
                if line["body"]["outcome"] != "executing":
                    self.states[command_id] = "done"
                    self.said[command_id] = line["body"]
            elif what == "acknowledged":
                self.waiting.pop(line["event_id"], None)
        for command_id, body in noted.items():
            if self.states[command_id] == "noted":
                self.work.put(body)

    def start(self):
        for work in (self.live, self.execute):
            threading.Thread(target=vital(work), daemon=True).start()

    # Commands

    def take(self, client, _, message):
        body = json.loads(message.payload)
        command_id = body["command_id"]
        self.record.write("received", command_id, expires_at=body["expires_at"], dup=message.dup)
        if self.cuts(0.03):
            return
        is_new = command_id not in self.states
        if is_new:
            self.states[command_id] = "noted"
            self.record.write("noted", command_id, body=body)
            self.work.put(body)
        elif command_id in self.said:
            answer = self.said[command_id]
            self.waiting[answer["event_id"]] = answer
        if not self.cuts(0.03):
            client.ack(message.mid, message.qos)

    def execute(self):
        while True:
            body = self.work.get()
            command_id, act = body["command_id"], body["parameters"].get("act")
            if datetime.fromisoformat(body["expires_at"].replace("Z", "+00:00")).timestamp() < time.time():
                self.answer(command_id, "failed", "expired")
                continue
            self.record.write("begun", command_id)
            self.states[command_id] = "begun"
            if act == "die":
                time.sleep(0.3)  # Its PUBACK is on its way, and nothing is executed.
                os.kill(os.getpid(), signal.SIGKILL)
            if act == "ignore":
                continue
            if act == "refuse":
                self.answer(command_id, "failed", "refused")
                continue
            if act == "slow":
                self.answer(command_id, "executing")
                time.sleep(self.numbers.uniform(0.2, 1.5))
            self.record.write("executed", command_id)
            if act == "never":
                continue
            self.answer(command_id, "failed" if act == "error" else "succeeded")
            if act == "twice":
                self.answer(command_id, "failed", "for the second time")

    def answer(self, command_id, outcome, detail=None):
        body = {"command_id": command_id, "outcome": outcome, "event_id": str(uuid.uuid4())}
        if detail is not None:
            body["detail"] = detail
        self.record.write("answer", command_id, event_id=body["event_id"], body=body)
        if outcome != "executing" and command_id not in self.said:
            self.states[command_id] = "done"
            self.said[command_id] = body
        self.waiting[body["event_id"]] = body

    # Connections

    def live(self):
        while True:
            port = self.numbers.choice(self.settings["ports"])
            self.connect_once(port)
            if not self.calm():
                time.sleep(self.numbers.uniform(0, self.settings["away_seconds"]))
            else:
                time.sleep(0.2)

    def connect_once(self, port):
        client = self.client()
        self.under_way, self.is_cut, self.is_in, self.is_over = {}, False, False, False
        try:
            client.connect("127.0.0.1", port, keepalive=KEEP_ALIVE_SECONDS)
        except OSError:
            return
        leaves_at = time.monotonic() + self.numbers.uniform(0.5, self.settings["stay_seconds"])
        while not self.is_over:
            if not self.calm() and time.monotonic() > leaves_at:
                break
            if client.loop(timeout=0.05) != mqtt.MQTT_ERR_SUCCESS:
                return
            if self.is_in:
                self.publish(client)
        if self.is_cut or self.numbers.random() < 0.5:
            sock = client.socket()
            if sock is not None:
                sock.close()
        else:
            client.disconnect()
            client.loop(timeout=0.05)

    def client(self):
        is_5 = self.settings["version"] == 5
        made = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=self.node_id,
            protocol=mqtt.MQTTv5 if is_5 else mqtt.MQTTv311,
            clean_session=None if is_5 else False,
            manual_ack=True,
        )
        made.username_pw_set(self.settings["user_name"], self.settings["key"])
        made.on_connect = self.connected
        made.on_message = self.take
        made.on_publish = self.published
        if is_5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_SECONDS
            connect = made.connect
            made.connect = lambda host, port, keepalive: connect(
                host, port, keepalive, clean_start=False, properties=properties
            )
        return made

    def connected(self, client, _, __, reason, ___):
        if reason.is_failure:
            self.record.write("turned-away", None, reason=str(reason))
            self.is_over = True
            return
        self.record.write("connected", None)
        client.subscribe(f"ceiling/commands/{self.node_id}", qos=1)
        self.is_in = True

    def publish(self, client):
        for event_id, body in list(self.waiting.items()):
            if event_id in self.under_way.values():
                continue
            info = client.publish(f"ceiling/nodes/{self.node_id}/responses", json.dumps(body), qos=1)
            self.under_way[info.mid] = event_id

    def published(self, client, _, mid, __, ___):
        event_id = self.under_way.pop(mid, None)
        body = self.waiting.pop(event_id, None)
        if body is not None:
            self.record.write("acknowledged", body["command_id"], event_id=event_id)

    def cuts(self, share):
        """Whether the connection ends here, and nothing more is said on it."""
        if not self.is_cut and not self.calm() and self.numbers.random() < share:
            self.is_cut = self.is_over = True
        return self.is_cut


def main():
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    directory = settings["directory"]
    calm_file = os.path.join(directory, "calm")
    for node in settings["nodes"]:
        Node(node, directory, lambda: os.path.exists(calm_file)).start()
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)


main()
