/**
 * A program of a client library as a process of its own. All of them do the same: connect with a session that is kept, subscribe
 * to commands, publish readings with at most ten under way (those with an odd number with QoS 1, the others with QoS 2), come
 * back whenever the connection is lost, and go when their input ends. What happens they report as a line of JSON each.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** The version of MQTT: 4 is 3.1.1. */
export type Level = 4 | 5;

/** Given on the command line, in the order of `wordsOf`. */
export type ClientTask = {
  readonly port: number;
  readonly clientId: string;
  readonly level: Level;
  readonly commandsTopic: string;
  readonly readingsTopic: string;
  /** The payload of every reading: `{n}` stands for its number, of twelve digits. */
  readonly reading: string;
  /** Numbered from 1 on. */
  readonly readings: number;
};

export type Happening =
  /** `sessionPresent` where the library says it. */
  | { readonly happened: 'connected'; readonly sessionPresent?: boolean }
  | { readonly happened: 'subscribed' }
  /** The library says that the reading has arrived. */
  | { readonly happened: 'acknowledged'; readonly n: number }
  | { readonly happened: 'command'; readonly payload: { readonly command: string } }
  /** Something for which the test cannot go on. */
  | { readonly happened: 'failed'; readonly why: string }
  | { readonly happened: 'done' };

export type RunningClient = {
  acknowledged(): ReadonlySet<number>;
  /** How often each command has come. */
  commands(): ReadonlyMap<string, number>;
  isSubscribed(): boolean;
  connections(): number;
  /** Fails when the program fails or ends before, or comes back without its session; `what` is for who reads that. */
  until(what: string, isSo: () => boolean): Promise<void>;
  /** Lets it disconnect and end. */
  finish(): Promise<void>;
};

const wordsOf = (task: ClientTask): readonly string[] => [
  ...['127.0.0.1', String(task.port), task.clientId, String(task.level), task.commandsTopic],
  ...[task.readingsTopic, task.reading, String(task.readings)],
];

/** Runs `command` with the task behind it; ended after the test. `session`: what the server has for it when it connects first. */
export const startClient = (
  t: TestContext,
  command: readonly string[],
  task: ClientTask,
  session: 'new' | 'kept',
): RunningClient => {
  const [file = '', ...words] = [...command, ...wordsOf(task)];
  const child = spawn(file, words, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = once(child, 'close');
  t.after(async () => {
    child.kill('SIGKILL');
    await exited.catch(() => undefined);
  });
  const changes = new EventEmitter();
  const { note, acknowledged, commands, connections, last, isSubscribed } = noteOf(session);
  let stderr = '';
  let problem: string | undefined;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = `${stderr}${text}`.slice(-10_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    problem ??= note(JSON.parse(line) as Happening); // What our own programs write.
    changes.emit('said');
  });
  child.once('error', (error) => {
    problem ??= error.message;
    changes.emit('said');
  });
  child.once('close', (code, signal) => {
    problem ??= `it ended with ${code ?? signal}`;
    changes.emit('said');
  });
  const until = async (what: string, isSo: () => boolean): Promise<void> => {
    while (problem !== undefined || !isSo()) {
      const state = `${acknowledged.size} readings acknowledged, ${commands.size} commands, ${connections()} connections`;
      const said = `protocol level ${task.level}, until ${what}: ${state}: ${stderr}`;
      if (t.signal.aborted) {
        process.stderr.write(`${said}\n`); // Of a test that took too long nothing is shown but what it printed.
        t.signal.throwIfAborted();
      }
      assert.equal(problem, undefined, `${problem}; ${said}`);
      await once(changes, 'said');
    }
  };
  t.signal.addEventListener('abort', () => changes.emit('said'));
  return {
    acknowledged: () => acknowledged,
    commands: () => commands,
    isSubscribed,
    connections,
    until,
    finish: async () => {
      child.stdin.end();
      const [code] = await exited;
      assert.equal(code, 0, stderr);
      assert.equal(last(), 'done', stderr);
    },
  };
};

/** What has happened so far. `note` says what is wrong with it. */
const noteOf = (session: 'new' | 'kept') => {
  const acknowledged = new Set<number>();
  const commands = new Map<string, number>();
  let connections = 0;
  let subscribed = false;
  let last: Happening['happened'] | undefined;
  const note = (happening: Happening): string | undefined => {
    last = happening.happened;
    if (happening.happened === 'failed') return happening.why;
    if (happening.happened === 'subscribed') subscribed = true;
    if (happening.happened === 'acknowledged') acknowledged.add(happening.n);
    if (happening.happened === 'command') {
      const { command } = happening.payload;
      commands.set(command, (commands.get(command) ?? 0) + 1);
    }
    if (happening.happened !== 'connected') return undefined;
    connections += 1;
    const { sessionPresent } = happening;
    const isKept = connections > 1 || session === 'kept';
    if (sessionPresent === undefined || sessionPresent === isKept) return undefined;
    return `connection ${connections} has Session Present ${sessionPresent}`;
  };
  return {
    note,
    ...{ acknowledged, commands },
    connections: () => connections,
    last: () => last,
    isSubscribed: () => subscribed,
  };
};
