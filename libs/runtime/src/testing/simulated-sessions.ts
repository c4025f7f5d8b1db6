/**
 * Several servers over one store of sessions, under a seed: they take, enqueue, remove, pass on what has arrived, lose their way to
 * the store, die and adopt, with many calls under way at once. What becomes of each message is noted beside it.
 */
import assert from 'node:assert/strict';
import { TransientFailure } from '../errors.ts';
import type { KeptArrival, NewArrival, SessionRef, TakenSession } from '../sessions/session-store.ts';
import { chance } from './chance.ts';
import { asked, bytes, nowMs, type OpenedSessionServer, text } from './session-store-contract-kit.ts';

export type SimulatedServer = OpenedSessionServer & { cut(): void; heal(): void };

export type SessionSimulation = {
  readonly seed: number;
  readonly steps: number;
  /** One more server over the same store. */
  open(): Promise<SimulatedServer>;
};

export type Struck = 'kept' | 'removed' | 'lost' | 'passed' | 'overtaken' | 'crashed' | 'adopted' | 'refused';

export const nothingStruck: Readonly<Record<Struck, number>> = {
  ...{ kept: 0, removed: 0, lost: 0, passed: 0, overtaken: 0, crashed: 0, adopted: 0, refused: 0 },
};

/** `gone` is certain as well; what is under way or was when its server died is `unsure`. */
type Fate = 'unsure' | 'kept' | 'gone';

/** `epoch`: the highest that was answered. */
type Client = { readonly name: string; readonly fates: Map<string, Fate>; epoch: number };

type Held = { readonly client: Client; readonly ref: SessionRef; last: number; readonly bodies: Map<number, string> };

type Server = SimulatedServer & { readonly held: Map<string, Held>; readonly death: PromiseWithResolvers<never> };

class Died extends Error {}

/** Answers how often what happened. @throws AssertionError when the store breaks its promise. */
export const simulateSessions = async ({ seed, steps, open }: SessionSimulation): Promise<Record<Struck, number>> => {
  const by = chance(seed);
  const struck = { ...nothingStruck };
  const clients = ['a', 'b', 'c'].map((name): Client => ({ name, fates: new Map(), epoch: 0 }));
  const servers: Server[] = [];
  const underWay: Promise<void>[] = [];
  let messages = 0;

  const add = async (): Promise<void> => {
    const death = Promise.withResolvers<never>();
    death.promise.catch(() => undefined); // Those who wait for an answer hear of it.
    servers.push({ ...(await open()), held: new Map(), death });
  };
  /** The answer, unless the server dies before. */
  const answer = <T>({ death }: Server, call: Promise<T>): Promise<T> => Promise.race([call, death.promise]);
  const enqueue = async (server: Server, held: Held): Promise<void> => {
    const { client, ref, bodies } = held;
    const wasOld = ref.epoch < client.epoch;
    held.last += 1;
    const [number, body] = [held.last, `message ${(messages += 1)}`];
    client.fates.set(body, 'unsure');
    bodies.set(number, body);
    const message = { number, qos: 1, body: bytes(body), expiresAtMs: undefined } as const;
    const written = await answer(server, server.store.enqueue(ref, message));
    // What was removed before it was written is answered so, in whatever hands the session is.
    if (!bodies.has(number)) return;
    assert.ok(written === 'lost' || !wasOld, `epoch ${ref.epoch} wrote after ${client.epoch}`);
    struck[written === 'lost' ? 'lost' : 'kept'] += 1;
    client.fates.set(body, written === 'lost' ? 'gone' : 'kept');
  };
  const remove = async (server: Server, { client, ref, bodies }: Held): Promise<void> => {
    const [number, body] = [...bodies][by.below(bodies.size)] ?? [];
    if (number === undefined || body === undefined) return;
    bodies.delete(number);
    if (client.fates.get(body) === 'kept') client.fates.set(body, 'unsure');
    if ((await answer(server, server.store.remove(ref, number))) === 'lost') return;
    struck.removed += 1;
    client.fates.set(body, 'gone');
  };
  /** What has come from this client goes to all who are here, unless somebody else has its session by then. */
  const passOn = async (server: Server, publisher: Held, arrival: NewArrival): Promise<void> => {
    const body = arrival.eventId;
    const subscribers = [...server.held.values()].filter((held) => held !== publisher);
    const handovers = subscribers.map(({ client, ref, last }) => {
      if (!client.fates.has(body)) client.fates.set(body, 'unsure');
      return {
        session: ref,
        message: { number: last + 1, qos: 2, body: bytes(body), expiresAtMs: undefined } as const,
      };
    });
    for (const held of subscribers) held.last += 1;
    const answers = await answer(server, server.store.passOn(publisher.ref, arrival, handovers));
    struck[answers === 'lost' ? 'overtaken' : 'passed'] += 1;
    if (answers === 'lost') return;
    for (const [index, { client, bodies }] of subscribers.entries()) {
      if (answers[index] === 'lost') continue;
      bodies.set(handovers[index]?.message.number ?? 0, body);
      if (client.fates.get(body) === 'unsure') client.fates.set(body, 'kept');
    }
  };
  const arrive = async (server: Server, publisher: Held): Promise<void> => {
    messages += 1;
    const arrival = { packetId: messages, eventId: `message ${messages}`, receivedTimeUs: messages };
    if ((await answer(server, server.store.arrive(publisher.ref, arrival))) === 'lost') return;
    await passOn(server, publisher, arrival);
  };
  /** Its client sends a copy of each to the server at which it is now. */
  const copies = async (server: Server, publisher: Held, arrivals: readonly KeptArrival[]): Promise<void> => {
    for (const arrival of arrivals) {
      if (arrival.passedOn) await answer(server, server.store.complete(publisher.ref, arrival.packetId));
      else await passOn(server, publisher, arrival);
    }
  };
  const take = async (server: Server, client: Client): Promise<void> => {
    const before = new Map(client.fates);
    const taken = await answer(server, server.store.take(asked(client.name), nowMs));
    const bodies = checkTaken(taken, before, client);
    if (taken.epoch < client.epoch) return;
    client.epoch = taken.epoch;
    const held = { client, ref: taken, last: Math.max(0, ...bodies.keys()), bodies };
    server.held.set(client.name, held);
    await copies(server, held, taken.arrivals);
  };
  const adopt = async (server: Server): Promise<void> => {
    const { sessions } = await answer(server, server.store.adopt(nowMs, 0));
    for (const { clientId, epoch, lastNumber } of sessions) {
      struck.adopted += 1;
      const client = clients.find(({ name }) => name === clientId);
      if (client === undefined || epoch < client.epoch) continue;
      client.epoch = epoch;
      server.held.set(clientId, { client, ref: { clientId, epoch }, last: lastNumber, bodies: new Map() });
    }
  };
  const crash = async (server: Server): Promise<void> => {
    struck.crashed += 1;
    servers.splice(servers.indexOf(server), 1);
    server.death.reject(new Died());
    await server.kill();
    await add();
  };
  /** Goes on beside what comes next. */
  const begin = (call: Promise<void>): void => {
    const done = call.catch((error: unknown) => {
      if (error instanceof TransientFailure) struck.refused += 1;
      else if (!(error instanceof Died)) throw error;
    });
    done.catch(() => undefined); // It is thrown at the end.
    underWay.push(done);
  };
  /** Everything that this server was asked for before is done then, or it is out of reach. */
  const caughtUp = (server: Server): Promise<unknown> =>
    server.store.check([]).catch((error: unknown) => {
      if (!(error instanceof TransientFailure)) throw error;
    });
  const one = <T>(all: readonly T[]): T => all[by.below(all.length)] ?? assert.fail('there is none');
  const step = async (): Promise<void> => {
    const [server, client, what] = [one(servers), one(clients), by.below(100)];
    const held = server.held.get(client.name);
    if (what < 20) begin(take(server, client));
    else if (what < 45 && held !== undefined) begin(enqueue(server, held));
    else if (what < 55 && held !== undefined) begin(arrive(server, held));
    else if (what < 75 && held !== undefined) begin(remove(server, held));
    else if (what < 79) begin(adopt(server));
    else if (what < 82) server.cut();
    else if (what < 87) server.heal();
    else if (what < 89) await crash(server);
    else if (what < 95) await new Promise((resolve) => setImmediate(resolve));
    else await caughtUp(server);
  };

  for (let count = 0; count < 3; count += 1) await add();
  for (let count = 0; count < steps; count += 1) await step();
  for (const { heal } of servers) heal();
  await Promise.all(underWay);
  // Nothing is under way any more: what was kept is there, and nothing else that is sure.
  for (const client of clients) await take(one(servers), client);
  return struck;
};

/** By their numbers, what waits. */
const checkTaken = (
  { clientId, waiting }: TakenSession,
  before: ReadonlyMap<string, Fate>,
  { fates }: Client,
): Map<number, string> => {
  const found = waiting.map(({ body }) => text(body));
  assert.equal(new Set(found).size, found.length, `something is twice in ${clientId}`);
  for (const body of found) assert.notEqual(before.get(body), 'gone', `${body} came back in ${clientId}`);
  for (const [body, fate] of before)
    if (fate === 'kept' && fates.get(body) === 'kept') assert.ok(found.includes(body), `${body} is not in ${clientId}`);
  const numbers = waiting.map(({ number }) => number);
  assert.deepEqual(
    numbers,
    numbers.toSorted((a, b) => a - b),
  );
  return new Map(waiting.map(({ number, body }) => [number, text(body)]));
};
