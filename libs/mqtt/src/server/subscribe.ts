/** SUBSCRIBE and UNSUBSCRIBE: what is granted, what is kept of it, and what is retained on it (3.8 to 3.11). */
import type { KeptSubscription, SubscriptionOptions } from '@plenum/runtime';
import { subackBytes, unsubackBytes } from '../codec/packet-writer.ts';
import type { SubscribePacket, SubscribeRequest, UnsubscribePacket } from '../codec/packets.ts';
import { reason } from '../codec/reason-codes.ts';
import { closeWhenAnswered, reasonString, sendWithin } from './close.ts';
import { deliver, heeded, howFor } from './deliver.ts';
import { filterProblem, type Refusal } from './names.ts';
import { readRetained } from './route.ts';
import { type Connection, clientOf, isKept, type Server, type Session } from './state.ts';

type Granted = SubscribeRequest & { readonly options: SubscriptionOptions; readonly isNew: boolean };

export const subscribe = (server: Server, connection: Connection, packet: SubscribePacket): void => {
  const { session } = connection;
  if (session === undefined) return;
  const [subscriptionId] = packet.properties?.subscriptionIds ?? [];
  const granted: Granted[] = [];
  const refusals: Refusal[] = [];
  const reasons = packet.requests.map((request) => {
    const refusal = refusalOf(server, connection, session, request.filter);
    if (refusal !== undefined) {
      refusals.push(refusal);
      server.counts.refusedSubscriptions += 1;
      server.logger.debug({ clientId: connection.clientId, filter: request.filter, ...refusal }, 'a filter is refused');
      return refusal.reason;
    }
    const { filter, qos, noLocal, retainAsPublished } = request;
    const options = { qos, noLocal, retainAsPublished, subscriptionId };
    granted.push({ ...request, options, isNew: !session.subscriptions.has(filter) });
    session.subscriptions.set(filter, options);
    server.subscribers.add(filter, session, options);
    return qos;
  });
  const why = refusals.map((refusal) => refusal.why).join('; ');
  const answer = (): void => {
    if (session.connection !== connection) return;
    const suback = subackBytes(connection.level, packet.id, reasons, reasonString(connection, why));
    sendWithin(server, connection, suback);
    for (const one of granted) if (isGivenRetained(one)) giveRetained(server, session, one);
    if (granted.length === 0 || session.connection !== connection) return;
    const subscribed = { client: clientOf(connection), filters: granted.map(({ filter }) => filter) };
    for (const hear of server.listeners) hear({ change: 'subscribed', ...subscribed });
  };
  if (!isKept(session) || granted.length === 0) answer();
  else answerWhenKept(server, connection, session, granted, answer);
};

const answerWhenKept = (
  server: Server,
  connection: Connection,
  session: Session,
  granted: readonly Granted[],
  answer: () => void,
): void => {
  const kept = granted.map(({ filter, options }): KeptSubscription => ({ filter, options }));
  connection.held += 1;
  void heeded(server, session, server.store.subscribe(session.ref, kept)).then((written) => {
    connection.held -= 1;
    if (written === 'written') answer();
    closeWhenAnswered(server, connection);
  });
};

const refusalOf = (
  { limits }: Server,
  { rights }: Connection,
  { subscriptions }: Session,
  filter: string,
): Refusal | undefined => {
  const problem = filterProblem(filter, limits.topicLevelsMax);
  if (problem !== undefined) return problem;
  if (subscriptions.size >= limits.filtersMax && !subscriptions.has(filter)) {
    return { reason: reason.quotaExceeded, why: `a session has at most ${limits.filtersMax} filters` };
  }
  const forbidden = rights?.subscribe(filter);
  return forbidden === undefined ? undefined : { reason: reason.notAuthorized, why: forbidden };
};

/** MQTT 5, 3.8.3.1; in MQTT 3.1.1 with every SUBSCRIBE [MQTT-3.3.1-6]. */
const isGivenRetained = ({ retainHandling, isNew }: Granted): boolean =>
  retainHandling === 0 || (retainHandling === 1 && isNew);

const giveRetained = (server: Server, session: Session, { filter, options }: Granted): void => {
  for (const message of server.retained.match(filter, Date.now())) {
    const published = readRetained(server, message);
    if (published === undefined) continue;
    // It says that it is retained, whatever the subscription says of others [MQTT-3.3.1-8].
    void deliver(server, session, published, { ...howFor(published, options), retain: true });
  }
};

export const unsubscribe = (server: Server, connection: Connection, packet: UnsubscribePacket): void => {
  const { session } = connection;
  if (session === undefined) return;
  const reasons = packet.filters.map((filter) => {
    if (!session.subscriptions.delete(filter)) return reason.noSubscriptionExisted;
    server.subscribers.remove(filter, session);
    return reason.success;
  });
  const answer = (): void => sendWithin(server, connection, unsubackBytes(connection.level, packet.id, reasons));
  if (!isKept(session)) {
    answer();
    return;
  }
  connection.held += 1;
  void heeded(server, session, server.store.unsubscribe(session.ref, packet.filters)).then((written) => {
    connection.held -= 1;
    if (written === 'written' && session.connection === connection) answer();
    closeWhenAnswered(server, connection);
  });
};
