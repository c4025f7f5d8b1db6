/**
 * QoS 2 of a sender: a message is taken once and passed on once, in whatever server a copy of it comes (4.3.3). That it was passed on
 * is written with what waits for subscribers, under the epoch of the sender's session.
 */
import type { Arrival, Handover, NewArrival, Settled, Written } from '@plenum/runtime';
import { reason } from '../codec/reason-codes.ts';
import { type Accepted, answered, inTurn, passOn, violation } from './accepted.ts';
import { type Answer, acknowledge } from './acknowledge.ts';
import { closeAfterAnswers } from './close.ts';
import { heeded, type Keep, type Published } from './deliver.ts';
import { retain, retainAndRoute, route } from './route.ts';
import { type Arrived, isKept, type Server, type Session } from './state.ts';

/** A copy of a message that is in hand or safe is not taken again. */
export const acceptOnce = (accepted: Accepted): void => {
  const { server, connection, packet, message } = accepted;
  const { session } = connection;
  if (session === undefined) return;
  const known = session.arrivals.get(packet.id);
  if (known !== undefined && known.state !== 'kept') {
    acceptCopy(accepted, known);
    return;
  }
  if (known === undefined && session.arrivals.size >= server.limits.receiveMaximum) {
    server.ingest.drop('connection-closed', 1);
    const why = `more than ${server.limits.receiveMaximum} messages of QoS 2 that are not released`;
    closeAfterAnswers(server, connection, violation(reason.receiveMaximumExceeded, why));
    return;
  }
  const arrived = known ?? newArrival(accepted);
  arrived.state = 'in-hand';
  session.arrivals.set(packet.id, arrived);
  const { eventId: id, receivedTimeUs } = arrived;
  const arrival: Arrival = { receivedTimeUs, id, counted: false };
  const kept =
    isKept(session) && known === undefined
      ? heeded(server, session, server.store.arrive(session.ref, keptOf(packet.id, arrived)))
      : undefined;
  const settled = settling(accepted, session, arrived);
  inTurn(accepted, kept, () => server.ingest.offer({ ...message, receivedTimeUs, arrival }, settled));
};

const newArrival = ({ server, message: { receivedTimeUs } }: Accepted): Arrived => ({
  ...{ eventId: server.newId(receivedTimeUs), receivedTimeUs, state: 'in-hand', waiting: [], passed: undefined },
});

const keptOf = (packetId: number, { eventId, receivedTimeUs }: Arrived): NewArrival => ({
  packetId,
  eventId,
  receivedTimeUs,
});

const acceptCopy = ({ server, connection, packet }: Accepted, known: Arrived): void => {
  server.ingest.drop('qos2-duplicate', 1);
  connection.unacknowledged += 1;
  const answer: Answer = { type: 'pubrec', id: packet.id, refusal: undefined };
  if (known.state === 'safe') {
    acknowledge(server, connection, answer, undefined);
    return;
  }
  known.waiting.push((safe) => {
    if (safe && connection.stage !== 'closed') acknowledge(server, connection, answer, undefined);
  });
};

/** It is safe, and copies of it are answered, when it is in the log and passed on. */
const settling = (accepted: Accepted, session: Session, arrived: Arrived): Settled => {
  const { server, connection, packet } = accepted;
  const answer = answered(accepted, 'pubrec', (_, refusal) => {
    if (refusal !== undefined && connection.level === 5) freeId(server, session, packet.id, arrived);
    const passed = refusal === undefined ? passOnOnce(accepted, session, arrived) : passOn(accepted, refusal);
    if (passed === undefined) becomes(session, packet.id, arrived, 'safe');
    else void passed.then((done) => becomes(session, packet.id, arrived, done === 'lost' ? 'kept' : 'safe'));
    return passed;
  });
  return (outcome, refusal) => {
    if (outcome !== 'safe') becomes(session, packet.id, arrived, 'kept');
    answer(outcome, refusal);
  };
};

/** Not if its session has ended, or the packet id was released and used again since. */
const becomes = (session: Session, packetId: number, arrived: Arrived, state: 'safe' | 'kept'): void => {
  if (session.arrivals.get(packetId) === arrived) {
    if (state === 'safe' || isKept(session)) arrived.state = state;
    else session.arrivals.delete(packetId);
  }
  for (const wait of arrived.waiting.splice(0)) wait(state === 'safe');
};

/** A PUBREC that says no ends the exchange: there is no PUBREL (MQTT 5, 4.3.3). */
const freeId = (server: Server, session: Session, packetId: number, arrived: Arrived): void => {
  if (session.arrivals.get(packetId) !== arrived) return;
  session.arrivals.delete(packetId);
  if (isKept(session)) void heeded(server, session, server.store.complete(session.ref, packetId));
};

/** Answers `lost` when another server has its sender's session, and may pass it on. `undefined`: nobody is to get it. */
const passOnOnce = (accepted: Accepted, session: Session, arrived: Arrived): Promise<unknown> | undefined => {
  const { server, packet, published } = accepted;
  // It is offered twice when its sender comes back before it is passed on.
  if (published === undefined || arrived.passed !== undefined) return arrived.passed;
  const isNoted = isKept(session) && session.arrivals.get(packet.id) === arrived;
  const passed = isNoted
    ? retainAndRouteOnce({ server, published, session, arrival: keptOf(packet.id, arrived) })
    : retainAndRoute(server, published);
  arrived.passed = passed ?? Promise.resolve();
  void passed?.then((done) => {
    if (done === 'lost') arrived.passed = undefined; // Its sender may come back here with a copy.
  });
  return passed;
};

/** A message and how it has come: what passes on the one notes the other. */
type Passing = {
  readonly server: Server;
  readonly published: Published;
  /** Its sender's. */
  readonly session: Session;
  readonly arrival: NewArrival;
};

const retainAndRouteOnce = async (passing: Passing): Promise<Written> => {
  const { server, published } = passing;
  const retained = published.retain ? retain(server, published) : undefined;
  const [written] = await Promise.all([routeOnce(passing), retained]);
  return written;
};

/** When nobody whom it is about is being taken: numbers and epochs are certain then. */
const routeOnce = (passing: Passing): Promise<Written> => {
  const { server, published, session } = passing;
  const subscribers = server.subscribers.match(published.message.topic).map(({ subscriber }) => subscriber);
  const taking = [session, ...subscribers].find((one) => one.taking !== undefined)?.taking;
  if (taking === undefined) return handOver(passing);
  const { promise, resolve } = Promise.withResolvers<Written>();
  taking.push(() => resolve(routeOnce(passing)));
  return promise;
};

/** All sessions that keep it get it and it counts as passed on, or none does, and a copy at another server goes to those there. */
const handOver = async ({ server, published, session, arrival }: Passing): Promise<Written> => {
  const handovers: Handover[] = [];
  const { promise: answers, resolve } = Promise.withResolvers<'lost' | readonly Written[]>();
  const keep: Keep = ({ ref }, message) => {
    const at = handovers.push({ session: ref, message }) - 1;
    const answer = answers.then((all) => (all === 'lost' ? 'withdrawn' : (all[at] ?? 'lost')));
    return heeded(server, { ref }, answer);
  };
  const routed = route(server, published, keep);
  resolve(server.store.passOn(session.ref, arrival, handovers));
  const written = answers.then((all) => (all === 'lost' ? 'lost' : 'written'));
  const [answer] = await Promise.all([heeded(server, session, written), routed]);
  return answer;
};
