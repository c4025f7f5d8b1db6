"""A device of Plenum: what it publishes waits on disk until it is acknowledged, and what it is asked to do is done once.

Three threads: paho's reads and writes the connection, one publishes what waits, one executes commands. What has to outlive the
process is in one SQLite file, and each step is there before the next one begins. So a process may be killed between any two lines.
"""

import json
import logging
import os
import queue
import sqlite3
import threading
from datetime import datetime, timezone

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

log = logging.getLogger("plenum_device")

UNDER_WAY_MAX = 20  # Messages that are published and not acknowledged; paho sends no more at once either.
COMMANDS_KEPT = 1000  # Commands whose outcome is remembered.
SESSION_SECONDS = 7 * 24 * 3600


def vital(work):
    """A device that has lost one of its threads looks alive. Its process ends instead, for a supervisor to start it again."""

    def run(*given):
        try:
            work(*given)
        except Exception:
            log.exception("the process ends")
            os._exit(1)

    return run


class Store:
    """The file. A command is `noted`, `begun` and `done`; one that was begun when the process died is `unknown` for ever."""

    def __init__(self, path):
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._write(
            ("CREATE TABLE IF NOT EXISTS outbox (number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT, payload TEXT)",),
            (
                "CREATE TABLE IF NOT EXISTS command (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, body TEXT,"
                " state TEXT, answer TEXT)",
            ),
            ("UPDATE command SET state = 'unknown' WHERE state = 'begun'",),
        )

    def _write(self, *statements):
        """All of them or none; how many rows the first one changed."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            return [self._database.execute(*statement).rowcount for statement in statements][0]

    def _read(self, text, *values):
        with self._lock:
            return self._database.execute(text, values).fetchall()

    def put(self, topic, payload):
        self._write(("INSERT INTO outbox (topic, payload) VALUES (?, ?)", (topic, payload)))

    def waiting(self, after, limit):
        text = "SELECT number, topic, payload FROM outbox WHERE number > ? ORDER BY number LIMIT ?"
        return self._read(text, after, limit)

    def remove(self, number):
        self._write(("DELETE FROM outbox WHERE number = ?", (number,)))

    def note(self, command_id, body):
        """Whether it is new."""
        return 1 == self._write(
            ("INSERT OR IGNORE INTO command (id, body, state) VALUES (?, ?, 'noted')", (command_id, body)),
            (
                "DELETE FROM command WHERE state != 'noted' AND number <= (SELECT max(number) FROM command) - ?",
                (COMMANDS_KEPT,),
            ),
        )

    def noted(self):
        return [body for (body,) in self._read("SELECT body FROM command WHERE state = 'noted' ORDER BY number")]

    def begin(self, command_id):
        self._write(("UPDATE command SET state = 'begun' WHERE id = ?", (command_id,)))

    def finish(self, command_id, topic, answer):
        """The outcome and its answer, in one transaction."""
        self._write(
            ("UPDATE command SET state = 'done', answer = ? WHERE id = ?", (answer, command_id)),
            ("INSERT INTO outbox (topic, payload) VALUES (?, ?)", (topic, answer)),
        )

    def answer(self, command_id):
        return self._read("SELECT answer FROM command WHERE id = ?", command_id)[0][0]


class Command:
    """What a handler is given: `id`, `name`, `parameters`."""

    def __init__(self, body, answer):
        self.id = body["command_id"]
        self.name = body["command"]
        self.parameters = body["parameters"]
        self.expires_at = body["expires_at"]
        self._answer = answer

    def executing(self, detail=None):
        """Says that it goes on. A command that takes longer than 30 s says so within each 30 s."""
        self._answer(self.id, "executing", detail=detail)

    def is_expired(self):
        now = datetime.now(timezone.utc)
        has_clock = now.year >= 2020  # Before that it was never set.
        return has_clock and datetime.fromisoformat(self.expires_at.replace("Z", "+00:00")) < now


class PlenumDevice:
    """Give it a handler (`on_command`), start it, publish. `key_id` is needed where nodes sign in at a broker of your own."""

    def __init__(self, node_id, key, store, host="127.0.0.1", port=1883, key_id=None, mqtt_5=True, tls=False):
        self.node_id = node_id
        self._store = Store(store)
        self._handler = None
        self._to_send = queue.Queue()  # None: there is more in the outbox; a number: paho's, of what was acknowledged.
        self._to_execute = queue.Queue()
        self._connecting = threading.Lock()  # Held while a message is given to paho, and while a connection begins.
        self._connection = 0  # How many there were.
        self._is_connected = False
        self._client = mqtt.Client(
            mqtt.CallbackAPIVersion.VERSION2,
            client_id=node_id,
            protocol=mqtt.MQTTv5 if mqtt_5 else mqtt.MQTTv311,
            clean_session=None if mqtt_5 else False,
            manual_ack=True,
        )
        self._client.username_pw_set(node_id if key_id is None else f"{node_id}/{key_id}", key)
        self._client.will_set(f"ceiling/nodes/{node_id}/status", '{"status":"offline"}', qos=1)
        if tls:
            self._client.tls_set()
        self._client.reconnect_delay_set(min_delay=1, max_delay=30)
        self._client.on_pre_connect = self._on_pre_connect
        self._client.on_connect = self._on_connect
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: log.info("subscribed")
        self._client.on_publish = lambda _client, _data, mid, reason, _properties: self._on_publish(mid, reason)
        if mqtt_5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = SESSION_SECONDS
            self._client.connect_async(host, port, clean_start=False, properties=properties)
        else:
            self._client.connect_async(host, port)

    def on_command(self, handler):
        """`handler(command)` returns a result (a dict or None), and raises to say `failed`. One command at a time."""
        self._handler = handler
        return handler

    def start(self):
        for work in (self._send, self._execute):
            threading.Thread(target=work, daemon=True).start()
        self._to_execute.put(None)  # What was noted and not begun when the last process ended.
        self._client.loop_start()

    def stop(self):
        """What is not acknowledged is sent by the next process. Disconnected in order, no will is published."""
        self._client.disconnect()
        self._client.loop_stop()

    def reading(self, sensor_type, value, unit, location, sensor_id=None):
        body = {"sensor_type": sensor_type, "value": value, "unit": unit, "timestamp": now(), "location": location}
        self._put(f"ceiling/sensors/{sensor_id or f'{self.node_id}_{sensor_type}'}/data", body)

    def status(self, status, **more):
        self._put(f"ceiling/nodes/{self.node_id}/status", {"status": status, "timestamp": now(), **more})

    def _put(self, topic, body):
        self._store.put(topic, json.dumps(body))
        self._to_send.put(None)

    # In paho's thread. Nothing here waits for anything but the file.

    @vital
    def _on_pre_connect(self, _client, _data):
        with self._connecting:
            self._connection += 1
            self._is_connected = False

    @vital
    def _on_connect(self, client, _data, _flags, reason, _properties):
        if reason.is_failure:
            log.warning("not connected: %s", reason)
            return  # paho tries again.
        # Also where the session is still there: it may be from a connection that was lost before it subscribed.
        client.subscribe(f"ceiling/commands/{self.node_id}", qos=1)
        with self._connecting:
            self._is_connected = True
        self.status("online")  # Whatever waits in the outbox goes with it.

    def _on_message(self, client, _data, message):
        try:
            self._take(message.payload.decode())
        except (ValueError, KeyError, TypeError) as error:
            log.warning("not a command: %r", error)
        except sqlite3.Error as error:
            log.error("not noted, so not acknowledged; it comes again: %r", error)
            return
        client.ack(message.mid, message.qos)

    def _take(self, text):
        command_id = Command(json.loads(text), None).id  # Fails on what did not come from Plenum.
        if self._store.note(command_id, text):
            self._to_execute.put(None)
            return
        answer = self._store.answer(command_id)
        log.info("command %s comes again; its answer: %s", command_id, answer)
        if answer is not None:  # Else it is still to be answered, or nobody knows what became of it.
            self._store.put(self._answers_topic(), answer)
            self._to_send.put(None)

    def _on_publish(self, mid, reason):
        if reason.is_failure:
            log.warning("refused, and kept in quarantine: %s", reason)  # It will not be taken the next time either.
        self._to_send.put(mid)

    # In the thread that publishes. When there is a connection again paho sends what was under way, in order, but only then, and
    # what it is given earlier goes before that: so it is given nothing while it connects, nor until all of that is acknowledged.

    @vital
    def _send(self):
        under_way = {}  # By paho's number: ours, and the connection.
        last = 0
        while True:
            for number, topic, payload in self._store.waiting(last, UNDER_WAY_MAX - len(under_way)):
                with self._connecting:
                    if not self._is_connected or any(at != self._connection for _, at in under_way.values()):
                        break
                    under_way[self._client.publish(topic, payload, qos=1).mid] = (number, self._connection)
                last = number
            mid = self._to_send.get()
            if mid in under_way:
                self._store.remove(under_way.pop(mid)[0])

    # In the thread that executes.

    @vital
    def _execute(self):
        while True:
            self._to_execute.get()
            for body in self._store.noted():
                self._execute_one(Command(json.loads(body), self._answer))

    def _execute_one(self, command):
        if command.is_expired():
            self._answer(command.id, "failed", detail="expired")
            return
        self._store.begin(command.id)  # From here on nobody executes it again.
        try:
            result = self._handler(command)
        except Exception as error:  # A handler may fail in every way that there is.
            log.warning("command %s failed: %r", command.id, error)
            self._answer(command.id, "failed", detail=(str(error) or repr(error))[:1000])
        else:
            self._answer(command.id, "succeeded", result=result)

    def _answer(self, command_id, outcome, **more):
        said = {key: value for key, value in more.items() if value is not None}
        body = {"command_id": command_id, "outcome": outcome, "timestamp": now(), **said}
        if outcome == "executing":
            self._put(self._answers_topic(), body)
        else:
            self._store.finish(command_id, self._answers_topic(), json.dumps(body))
            self._to_send.put(None)

    def _answers_topic(self):
        return f"ceiling/nodes/{self.node_id}/responses"


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
