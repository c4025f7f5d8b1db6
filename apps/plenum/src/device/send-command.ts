/** Commands to nodes that are asked for, or taken back, from the command line. */
import { randomBytes } from 'node:crypto';
import { askForCommand, cancelCommand, commandFaults, targetReads } from '@plenum/device';
import { type Command, type CommandMetadata, timeId } from '@plenum/event';
import { handleCommand } from '@plenum/runtime';
import { answer } from '../access/answer.ts';
import { type Access, actor, newMetadata, withAccess } from '../access/with-access.ts';
import { type Surroundings, UsageError } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';

type Common = { readonly log: LogName | undefined; readonly json: boolean };

type Sent = Common & {
  readonly target: string | undefined;
  readonly nodes: string | undefined;
  readonly command: string;
  readonly parameters: string | undefined;
  readonly 'expires-in': number | undefined;
  readonly 'answer-within': number | undefined;
  readonly 'command-id': string | undefined;
};

const clock = { nowUs: () => Date.now() * 1_000 };

const handling = ({ decisions: { store, personal } }: Access) => {
  const parts = { store, personal, clock, random: { bytes16: () => randomBytes(16) } };
  return (command: Command, metadata: CommandMetadata) => handleCommand(parts, command, metadata);
};

/** @returns the exit code. @throws UsageError for what no command is; as `withAccess`. */
export const sendCommand = async (asked: Sent, surroundings: Surroundings): Promise<number> => {
  const wanted = {
    ...{ target: targetOf(asked), command: asked.command, parameters: objectIn(asked.parameters) },
    ...{ expiresInMs: inMs(asked['expires-in']), answerWithinMs: inMs(asked['answer-within']) },
  };
  const faults = commandFaults(wanted);
  if (faults.length > 0) throw new UsageError(faults.map(({ field, detail }) => `${field} ${detail}`).join('; '));
  return withAccess(asked, surroundings, async (access) => {
    const newId = (): string => timeId(Date.now(), randomBytes(16));
    const parts = { targets: targetReads(access.sql), handle: handling(access), newId, clock };
    const ended = await askForCommand(parts, wanted, newMetadata(asked['command-id']));
    return answer(
      ended,
      { json: asked.json, done: ({ id }) => `${id} is recorded; commands watch ${id} says what becomes of it` },
      surroundings,
    );
  });
};

type Cancelled = Common & {
  readonly id: string;
  readonly 'command-id': string | undefined;
  readonly 'expected-version': number | undefined;
};

/** @returns the exit code. @throws as `withAccess`. */
export const cancel = ({ id, json, ...asked }: Cancelled, surroundings: Surroundings): Promise<number> =>
  withAccess(asked, surroundings, async (access) => {
    const metadata = { ...newMetadata(asked['command-id']), expectedVersion: asked['expected-version'] };
    const ended = await handling(access)(cancelCommand(id, actor), metadata);
    return answer(ended, { json, done: () => `${id} is taken back` }, surroundings);
  });

const targetOf = ({ target, nodes }: Pick<Sent, 'target' | 'nodes'>): string | readonly string[] => {
  if ((target === undefined) === (nodes === undefined)) throw new UsageError('give --target or --nodes, and not both');
  return target ?? [...new Set((nodes ?? '').split(',').map((node) => node.trim()))];
};

const objectIn = (written = '{}'): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Said below, as for JSON that is something else.
  }
  throw new UsageError(`--parameters must be a JSON object, and is "${written}"`);
};

const inMs = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1_000);
