/**
 * The readings that one connection publishes, encoded once. Every message is published in one phase of a run and never
 * again in it, so that what was acknowledged can be looked for row by row.
 */
import { formatTimeUs } from '@plenum/event';
import { traffic } from '@plenum/simulation';
import { publishPacket } from '../load/packets.ts';

/** The one sensor of the probe: of a node that no load speaks for. */
export const probeSensor = 'ceiling_node_999_temperature';

/** Which reading: no other has both. `time` is RFC 3339. */
export type Named = { readonly sensor: string; readonly time: string };

export type Outgoing = {
  readonly named: readonly Named[];
  /** The bytes of messages `from` to `to`, without that one. A view. */
  bytes(from: number, to: number): Buffer;
};

/**
 * What nodes of the simulated site measure, one node a connection, a millisecond apart. Times are written with their zone:
 * the simulated nodes write them in three ways, and Telegraf reads one.
 */
export const outgoingOf = (connections: number, messagesPerConnection: number): readonly Outgoing[] => {
  const shares = { malformed: 0, again: 0, late: 0, reordered: 0 };
  const plan = traffic({ seed: 1, nodes: connections, messages: Number.POSITIVE_INFINITY, shares });
  const each: { readonly named: Named[]; readonly packets: Buffer[] }[] = Array.from({ length: connections }, () => ({
    named: [],
    packets: [],
  }));
  const wanted = connections * messagesPerConnection;
  const startUs = Date.now() * 1000 - wanted * 1000;
  for (let n = 0; n < wanted; ) {
    const timeUs = startUs + n * 1000 + 999;
    const message = plan.next(timeUs);
    if (message === undefined) throw new Error('the traffic ended early');
    const one = each[message.node];
    if (message.kind !== 'reading' || one === undefined) continue;
    n += 1;
    const time = formatTimeUs(timeUs);
    const fields = JSON.parse(Buffer.from(message.payload).toString()) as Readonly<Record<string, unknown>>;
    const payload = Buffer.from(JSON.stringify({ ...fields, timestamp: time }));
    one.packets.push(publishPacket(message.topic, packetIdOf(one.packets.length), payload));
    one.named.push({ sensor: message.topic.split('/')[2] ?? '', time });
  }
  return each.map(({ named, packets }) => ({ named, bytes: viewsOf(packets) }));
};

/** Of a connection's message, from 0. */
export const packetIdOf = (index: number): number => (index % 65_535) + 1;

const viewsOf = (packets: readonly Buffer[]): Outgoing['bytes'] => {
  const all = Buffer.concat(packets);
  const starts = [0];
  for (const { length } of packets) starts.push((starts.at(-1) ?? 0) + length);
  return (from, to) => all.subarray(starts[from], starts[to]);
};
