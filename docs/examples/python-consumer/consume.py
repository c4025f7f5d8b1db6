"""Reads events of Plenum from Kafka and prints each as one line of JSON.

    python consume.py --topic plenum.ceiling.readings --until-end

A value is in the Confluent wire format: a zero byte, the schema's id in four bytes, the Avro body. The schema that
it was written with comes from the registry, once for each id. Who the event is about is the key; what every event
carries (its id, its type, when it happened) is in CloudEvents headers.

Delivery is at least once: the position is committed after the lines were written. Two lines with one `id` are one event.
"""

import argparse
import base64
import datetime
import io
import json
import struct
import sys
import urllib.request

import fastavro
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

BATCH = 500


def main() -> None:
    options = parse_options()
    schemas = Schemas(options.registry, options.reader_schema)
    consumer = Consumer(
        {
            "bootstrap.servers": options.brokers,
            "group.id": options.group,
            # A new group begins at the start: topics keep everything.
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    copies = Copies(options.brokers, options.copy_to) if options.copy_to else None
    consumer.subscribe([options.topic])
    try:
        follow(consumer, schemas, copies, options.until_end)
    except KeyboardInterrupt:
        pass
    finally:
        consumer.close()


def follow(consumer: Consumer, schemas: "Schemas", copies: "Copies | None", until_end: bool) -> None:
    ended: set[int] = set()
    while True:
        read = False
        for message in consumer.consume(BATCH, timeout=0.5):
            error = message.error()
            if error is None:
                ended.discard(message.partition())
                line = json.dumps(to_json(message, schemas), default=as_text, ensure_ascii=False)
                print(line)
                if copies:
                    copies.add(message.key(), line)
                read = True
            elif error.code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(error)
        if read:
            sys.stdout.flush()
            if copies:
                copies.flush()
            consumer.commit(asynchronous=False)
        given = {each.partition for each in consumer.assignment()}
        if until_end and given and given <= ended:
            return


def to_json(message, schemas: "Schemas") -> dict:
    headers = {name: value.decode() for name, value in message.headers() or [] if value is not None}
    return {
        "id": headers.get("ce_id"),
        "type": headers.get("ce_type"),
        "time": headers.get("ce_time"),
        "source": headers.get("ce_source"),
        "partition": message.partition(),
        "offset": message.offset(),
        "key": message.key().decode() if message.key() is not None else None,
        "data": schemas.decode(message.value()),
    }


class Schemas:
    """Schemas by id, each asked for once: an id stands for the same schema for ever."""

    def __init__(self, registry: str, reader_schema: "str | None") -> None:
        self.registry = registry.rstrip("/")
        self.writers: dict[int, dict] = {}
        # With a schema of one's own, events of all versions come in its shape.
        self.reader = fastavro.schema.load_schema(reader_schema) if reader_schema else None

    def decode(self, value: bytes) -> dict:
        magic, schema_id = struct.unpack(">bI", value[:5])
        if magic != 0:
            raise ValueError(f"not in the Confluent wire format: it begins with {magic}")
        return fastavro.schemaless_reader(io.BytesIO(value[5:]), self.writer(schema_id), self.reader)

    def writer(self, schema_id: int) -> dict:
        if schema_id not in self.writers:
            with urllib.request.urlopen(f"{self.registry}/schemas/ids/{schema_id}", timeout=10) as answer:
                schema = json.loads(json.load(answer)["schema"])
            self.writers[schema_id] = fastavro.parse_schema(schema)
        return self.writers[schema_id]


class Copies:
    """Writes each line to a topic of one's own, under the same key.

    With `murmur2_random` librdkafka hashes keys as Plenum and the Java client do (its own default does not). When the
    topic has as many partitions as Plenum's, one key is in the same partition of both, and they can be joined
    partition by partition.
    """

    def __init__(self, brokers: str, topic: str) -> None:
        self.topic = topic
        self.failed: list = []
        self.producer = Producer(
            {"bootstrap.servers": brokers, "partitioner": "murmur2_random", "enable.idempotence": True, "linger.ms": 5}
        )

    def add(self, key: "bytes | None", line: str) -> None:
        self.producer.produce(self.topic, key=key, value=line.encode(), on_delivery=self.delivered)

    def delivered(self, error, _message) -> None:
        if error is not None:
            self.failed.append(error)

    def flush(self) -> None:
        """Returns when every copy is in the log; the position must not be committed before."""
        self.producer.flush()
        if self.failed:
            raise KafkaException(self.failed[0])


def as_text(value: object) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"no JSON for {type(value)}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prints events of Plenum as lines of JSON.")
    parser.add_argument("--brokers", default="localhost:9092", help="Kafka, as host:port with commas")
    parser.add_argument("--registry", default="http://localhost:8081/apis/ccompat/v7", help="the schema registry")
    parser.add_argument("--topic", default="plenum.ceiling.readings")
    parser.add_argument("--group", default="example-consumer", help="who reads; its position is kept under this name")
    parser.add_argument("--reader-schema", help="an .avsc file whose shape the data are wanted in")
    parser.add_argument("--copy-to", help="a topic of one's own that gets every line under the same key")
    parser.add_argument("--until-end", action="store_true", help="end when everything there is was read")
    return parser.parse_args()


if __name__ == "__main__":
    main()
