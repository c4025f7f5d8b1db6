/**
 * The one question that running a broker needs an answer to: which brokers and topics does it know? Asked in the Kafka
 * protocol itself (Metadata, version 1, which every release answers), so that nothing here needs a client, and no client
 * here needs the patches that ours has.
 */
import { connect } from 'node:net';

export type ClusterAnswer = {
  /** How many brokers are registered. */
  readonly brokers: number;
  readonly topics: readonly string[];
};

const metadataKey = 3;
const metadataVersion = 1;
/** No list of topics: about all of them. */
const allTopics = -1;
/** More is no answer of a broker on this machine. */
const answerBytesMax = 64 * 1024 * 1024;

/**
 * Asks the broker at `address` (`host:port`), in plain text and without a user.
 * @throws when it cannot be reached, or answers nothing in `patienceMs`.
 */
export const askCluster = async (address: string, patienceMs: number): Promise<ClusterAnswer> => {
  const { hostname, port } = new URL(`kafka://${address}`);
  const signal = AbortSignal.timeout(patienceMs);
  const socket = connect({ host: hostname, port: Number(port) });
  const giveUp = (): void => void socket.destroy(new Error(`${address} answered nothing in ${patienceMs} ms`));
  signal.addEventListener('abort', giveUp);
  try {
    socket.write(question());
    return readAnswer(await wholeAnswer(socket));
  } finally {
    signal.removeEventListener('abort', giveUp);
    socket.destroy();
  }
};

const question = (): Buffer => {
  const clientId = Buffer.from('plenum-local');
  const bytes = Buffer.alloc(4 + 2 + 2 + 4 + 2 + clientId.length + 4);
  let at = bytes.writeInt32BE(bytes.length - 4, 0);
  at = bytes.writeInt16BE(metadataKey, at);
  at = bytes.writeInt16BE(metadataVersion, at);
  at = bytes.writeInt32BE(0, at);
  at = bytes.writeInt16BE(clientId.length, at);
  at += clientId.copy(bytes, at);
  bytes.writeInt32BE(allTopics, at);
  return bytes;
};

/** The first answer on the connection, without its length. */
const wholeAnswer = async (pieces: AsyncIterable<Buffer>): Promise<Buffer> => {
  let had = Buffer.alloc(0);
  for await (const piece of pieces) {
    had = Buffer.concat([had, piece]);
    if (had.length < 4) continue;
    const length = had.readInt32BE(0);
    if (length < 0 || length > answerBytesMax) throw new Error('this is no Kafka broker');
    if (had.length >= 4 + length) return had.subarray(4, 4 + length);
  }
  throw new Error('the broker closed the connection before it answered');
};

/** @throws RangeError when the bytes end early. */
export const readAnswer = (bytes: Buffer): ClusterAnswer => {
  let at = 4; // The number of the question.
  const int32 = (): number => bytes.readInt32BE((at += 4) - 4);
  const skip = (count: number): void => void (at += count);
  const text = (): string => {
    const length = bytes.readInt16BE((at += 2) - 2);
    return length < 0 ? '' : bytes.toString('utf8', at, (at += length));
  };
  const brokers = int32();
  for (let index = 0; index < brokers; index += 1) {
    skip(4);
    text(); // Its host,
    skip(4); // its port,
    text(); // and its rack.
  }
  skip(4); // Who controls the cluster.
  const topics = Array.from({ length: int32() }, () => {
    skip(2);
    const name = text();
    skip(1);
    const partitions = int32();
    for (let index = 0; index < partitions; index += 1) {
      skip(2 + 4 + 4); // An error, its number, its leader;
      skip(4 * int32()); // its replicas,
      skip(4 * int32()); // and those in sync.
    }
    return name;
  });
  return { brokers, topics };
};
