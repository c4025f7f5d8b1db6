/** What is common to messages of every QoS that were accepted: their turn, how long they are held, and how they are answered. */
import type { MessageRefusal } from '@plenum/event';
import type { Inbound, Settled } from '@plenum/runtime';
import type { PublishPacket } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { type Answer, acknowledge } from './acknowledge.ts';
import { closeNow, closeWhenAnswered } from './close.ts';
import type { Published } from './deliver.ts';
import { goBehind } from './in-turn.ts';
import { retain, retainAndRoute } from './route.ts';
import type { Connection, Server } from './state.ts';

export type ReadOn = (server: Server, connection: Connection) => void;

export type Accepted = {
  readonly server: Server;
  readonly connection: Connection;
  readonly packet: PublishPacket;
  readonly message: Inbound;
  /** What subscribers get, if there are any. */
  readonly published: Published | undefined;
  readonly readOn: ReadOn;
};

export const violation = (code: number, why: string) => ({ reason: code, why, because: 'violation' as const });

/**
 * Offers a message after those before it: `kept` settles when the store has what has to be known of it first.
 */
export const inTurn = (
  { server, connection, message, readOn }: Pick<Accepted, 'server' | 'connection' | 'message' | 'readOn'>,
  kept: Promise<unknown> | undefined,
  go: () => void,
): void => {
  const { gate } = connection;
  if (kept === undefined && gate.length === 0) {
    go();
    return;
  }
  const drop = (): void => {
    if (message.holdMs === undefined) go();
    else server.ingest.drop('connection-closed', 1);
  };
  const after = (): void => {
    if (connection.paused || connection.peerEnded) readOn(server, connection);
  };
  goBehind(server, connection, { line: gate, ready: kept, go, drop, after });
};

/**
 * What is in quarantine goes to nobody: its sender hears that it was not taken, and subscribers of what was. But an empty message
 * is none that could be read, and takes away what is retained all the same [MQTT-3.3.1-6].
 */
export const passOn = (
  { server, published }: Pick<Accepted, 'server' | 'published'>,
  refusal: MessageRefusal | undefined,
): Promise<unknown> | undefined => {
  if (published === undefined) return undefined;
  if (refusal === undefined) return retainAndRoute(server, published);
  return published.retain && published.message.payload.length === 0 ? retain(server, published) : undefined;
};

/**
 * Counts a message as held until it is answered. `passing` gives it to subscribers once it is in the log, and the answer waits for
 * what it returns.
 */
export const answered = (
  accepted: Accepted,
  type: Answer['type'],
  passing: (accepted: Accepted, refusal: MessageRefusal | undefined) => Promise<unknown> | undefined = passOn,
): Settled => {
  const { server, connection, packet, message, readOn } = accepted;
  const { id } = packet;
  const bytes = message.payload.length;
  connection.held += 1;
  connection.heldBytes += bytes;
  connection.offered += 1;
  connection.unacknowledged += 1;
  return (outcome, refusal) => {
    connection.held -= 1;
    connection.heldBytes -= bytes;
    connection.settled += 1;
    const kept = outcome === 'safe' ? passing(accepted, refusal) : undefined;
    deliverBehind(connection);
    // A closed connection has nobody to answer; its message is in the log all the same.
    if (connection.stage === 'closed') return;
    if (outcome === 'safe') acknowledge(server, connection, { type, id, refusal }, kept);
    else {
      const why = 'the log did not take a message in time';
      closeNow(server, connection, { reason: reason.serverBusy, why, because: 'refused' });
      return;
    }
    if (connection.stage === 'closing') closeWhenAnswered(server, connection);
    else if (connection.paused || connection.peerEnded) readOn(server, connection);
  };
};

const deliverBehind = ({ behind, settled }: Connection): void => {
  while (behind[0] !== undefined && behind[0].offered <= settled) behind.shift()?.go();
};
