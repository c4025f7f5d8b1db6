import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Actor, defaultOrganisation, type NewEvent } from '@plenum/event';
import fc from 'fast-check';
import { type CommandCommand, type CommandSoFar, commandRules, type Request } from './command-rules.ts';
import { commandInputs, commandStates, commandTable, isFinal, refusalReasons } from './command-states.ts';
import { attemptsMax, leadUs, retryAtUs } from './timing.ts';

const actor: Actor = { id: 'ana', permissions: [], organisation: defaultOrganisation };
const second = 1_000_000;
const request: Request = {
  ...{ commandId: '0c6d1b3e-0000-7000-8000-000000000001', nodeId: 'node-17', target: 'node-17', nodes: [] },
  ...{ parent: undefined, command: 'calibrate', parameters: '{}', by: 'ana' },
  ...{ expiresAtUs: 60 * second, answerWithinMs: 30_000 },
};
const answer = { nodeId: 'node-17', answerId: 'e1', detail: undefined, result: undefined } as const;

const asked: CommandCommand = { do: 'request', ...request };
const claim = (attempt: number, nowUs = second): CommandCommand => ({ do: 'claim', attempt, replica: 'a', nowUs });
const notTaken = (attempt: number): CommandCommand => ({
  ...{ do: 'not-taken', attempt, why: 'not-connected', reason: undefined, nowUs: second },
});
const acknowledge: CommandCommand = { do: 'acknowledge', nowUs: 2 * second };
const answers = (outcome: 'executing' | 'succeeded' | 'failed'): CommandCommand => ({
  ...{ do: 'answer', answer: { ...answer, outcome }, nowUs: 3 * second },
});
const timeOut = (nowUs: number): CommandCommand => ({ do: 'time-out', nowUs });
const cancel: CommandCommand = { do: 'cancel', actor };

type Came = { readonly state: CommandSoFar; readonly types: readonly string[]; readonly refused: string | undefined };

/** What the last of these commands comes to, after all before it. */
const run = (...commands: readonly CommandCommand[]): Came =>
  commands.reduce<Came>(
    ({ state }, command) => {
      const decided = commandRules.decide(state, command);
      const events: readonly NewEvent[] = decided.outcome === 'decided' ? decided.events : [];
      const refused = decided.outcome === 'refused' ? decided.code : undefined;
      return {
        state: events.reduce(commandRules.evolve, state),
        types: events.map(({ type }) => short(type)),
        refused,
      };
    },
    { state: undefined, types: [], refused: undefined },
  );

const short = (type: string): string => type.split('.').find((part) => part.startsWith('Command')) ?? type;

type Case = {
  readonly name: string;
  readonly commands: readonly CommandCommand[];
  readonly state: string | undefined;
  readonly types?: readonly string[];
  readonly refused?: string;
};

const cases: readonly Case[] = [
  {
    name: 'is accepted with its request',
    commands: [asked],
    state: 'accepted',
    types: ['CommandRequested', 'CommandAccepted'],
  },
  { name: 'is asked for once', commands: [asked, asked], state: 'accepted', types: [] },
  {
    name: 'for several nodes rests until each has its own',
    commands: [{ ...asked, nodeId: undefined, nodes: ['a', 'b'] }],
    state: 'requested',
  },
  {
    name: 'for several nodes is sent to none itself',
    commands: [{ ...asked, nodeId: undefined, nodes: ['a'] }, { do: 'accept' }, claim(1)],
    ...{ state: 'accepted', refused: 'not-now' },
  },
  { name: 'is claimed', commands: [asked, claim(1)], state: 'sent', types: ['CommandSent'] },
  {
    name: 'is claimed once for each attempt',
    commands: [asked, claim(1), claim(1)],
    state: 'sent',
    refused: 'not-now',
  },
  { name: 'is claimed again', commands: [asked, claim(1), claim(2)], state: 'sent', types: ['CommandSent'] },
  {
    name: 'is not sent when it expires',
    commands: [asked, claim(1, 60 * second - leadUs + 1)],
    state: 'accepted',
    refused: 'not-now',
  },
  {
    name: 'is as before when it was not taken',
    commands: [asked, claim(1), notTaken(1)],
    state: 'accepted',
    types: ['CommandNotTaken'],
  },
  {
    name: 'stays sent when an attempt before may have arrived',
    commands: [asked, claim(1), claim(2), notTaken(2)],
    ...{ state: 'sent', types: ['CommandNotTaken'] },
  },
  {
    name: 'hears of its last attempt alone',
    commands: [asked, claim(1), claim(2), notTaken(1)],
    state: 'sent',
    types: [],
  },
  {
    name: 'is delivered by the PUBACK',
    commands: [asked, claim(1), acknowledge],
    state: 'delivered',
    types: ['CommandDelivered'],
  },
  { name: 'is delivered once', commands: [asked, claim(1), acknowledge, acknowledge], state: 'delivered', types: [] },
  {
    name: 'is delivered by an answer, too',
    commands: [asked, claim(1), answers('succeeded')],
    ...{ state: 'succeeded', types: ['CommandDelivered', 'CommandSucceeded'] },
  },
  {
    name: 'is executing, and then done',
    commands: [asked, claim(1), acknowledge, answers('executing'), answers('failed')],
    ...{ state: 'failed', types: ['CommandFailed'] },
  },
  {
    name: 'is not answered before it was sent',
    commands: [asked, answers('succeeded')],
    state: 'accepted',
    refused: 'not-now',
  },
  {
    name: 'that nobody sent is not answered',
    commands: [answers('succeeded')],
    state: undefined,
    refused: 'not-found',
  },
  {
    name: 'is not answered by another node',
    commands: [asked, claim(1), { do: 'answer', answer: { ...answer, nodeId: 'node-1', outcome: 'failed' }, nowUs: 0 }],
    ...{ state: 'sent', refused: 'forbidden' },
  },
  {
    name: 'is not answered twice',
    commands: [asked, claim(1), answers('succeeded'), answers('failed')],
    ...{ state: 'succeeded', refused: 'not-now' },
  },
  { name: 'expires', commands: [asked, timeOut(60 * second)], state: 'expired', types: ['CommandExpired'] },
  { name: 'does not expire early', commands: [asked, timeOut(60 * second - 1)], state: 'accepted', refused: 'not-now' },
  {
    name: 'that may have arrived is unanswered',
    commands: [asked, claim(1), timeOut(90 * second)],
    ...{ state: 'unanswered', types: ['CommandUnanswered'] },
  },
  {
    name: 'may be answered after it expired',
    commands: [asked, claim(1), timeOut(60 * second)],
    state: 'sent',
    refused: 'not-now',
  },
  {
    name: 'that was delivered is unanswered',
    commands: [asked, claim(1), acknowledge, timeOut(32 * second)],
    state: 'unanswered',
  },
  {
    name: 'has its time anew when it is being executed',
    commands: [asked, claim(1), acknowledge, answers('executing'), timeOut(32 * second)],
    ...{ state: 'executing', refused: 'not-now' },
  },
  {
    name: 'is answered too late',
    commands: [asked, claim(1), timeOut(90 * second), answers('succeeded')],
    state: 'unanswered',
    refused: 'not-now',
  },
  { name: 'is taken back', commands: [asked, cancel], state: 'cancelled', types: ['CommandCancelled'] },
  {
    name: 'is not taken back once it is claimed',
    commands: [asked, claim(1), cancel],
    state: 'sent',
    refused: 'not-now',
  },
  { name: 'is taken back when nobody has it', commands: [asked, claim(1), notTaken(1), cancel], state: 'cancelled' },
  { name: 'is taken back once', commands: [asked, cancel, cancel], state: 'cancelled', refused: 'not-now' },
];

describe('a command', () => {
  for (const { name, commands, state, types, refused } of cases) {
    it(name, () => {
      const came = run(...commands);
      assert.equal(came.state?.state, state);
      assert.equal(came.refused, refused);
      if (types !== undefined) assert.deepEqual(came.types, types);
    });
  }
});

describe('the table of states', () => {
  it('says of every state and everything that happens what it comes to', () => {
    for (const state of commandStates) {
      for (const input of commandInputs) {
        const comesTo = commandTable[state][input];
        const isKnown =
          comesTo === 'stays' || comesTo in refusalReasons || commandStates.some((one) => one === comesTo);
        assert.ok(isKnown, `${state} ${input}: ${comesTo}`);
        if (isFinal(state)) assert.ok(comesTo === 'stays' || comesTo in refusalReasons, `${state} is not final`);
      }
    }
  });

  it('is what every sequence of commands keeps to, and what may have arrived is never said to have expired', () => {
    const some = fc.constantFrom<CommandCommand>(
      ...[asked, { do: 'accept' } as const, claim(1), claim(2), claim(3), notTaken(1), notTaken(2), acknowledge],
      ...[answers('executing'), answers('succeeded'), answers('failed'), timeOut(0), timeOut(95 * second), cancel],
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 12 }), (commands) => {
        let state: CommandSoFar;
        const open = new Set<number>();
        for (const command of [asked, ...commands]) {
          const decided = commandRules.decide(state, command);
          const events = decided.outcome === 'decided' ? decided.events : [];
          const after: CommandSoFar = events.reduce(commandRules.evolve, state);
          if (state !== undefined && isFinal(state.state)) assert.equal(after?.state, state.state);
          if (command.do === 'claim' && events.length > 0) open.add(command.attempt);
          if (command.do === 'not-taken' && events.length > 0) open.delete(command.attempt);
          state = after;
          if (['expired', 'cancelled', 'accepted'].includes(state?.state ?? '')) assert.equal(open.size, 0);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

it('is tried again later and later, and not for ever', () => {
  const waits = Array.from({ length: attemptsMax }, (_, index) => retryAtUs(0, index + 1));
  assert.equal(waits.at(-1), undefined);
  const said = waits.slice(0, -1) as number[];
  assert.deepEqual(
    said,
    said.toSorted((one, other) => one - other),
  );
});
