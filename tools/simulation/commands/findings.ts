/** What ought to hold of commands when a schedule is over, and does not. */
import { NodeResponded, responsesTopic } from '@plenum/ceiling';
import { commandEvents } from '@plenum/device/testing';
import { type DecidedEvent, isEvent } from '@plenum/event';
import { MessageQuarantined, quarantineTopic } from '@plenum/quarantine';
import { judgeCommands } from '../../chaos/commands/judge-commands.ts';
import { judgedCommand } from '../../chaos/commands/judged-command.ts';
import type { CommandWorld } from './command-world.ts';
import { codec, type DecisionsInMemory } from './decisions-in-memory.ts';

export type Findings = {
  readonly wrong: readonly string[];
  /** How many commands are in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly again: number;
  /** Answers that fitted to nothing. */
  readonly quarantined: number;
};

export const findings = async (world: CommandWorld): Promise<Findings> => {
  const { decisions, asking, lines, late, onTheWayMs } = world;
  const streams: (readonly DecidedEvent[])[] = [];
  for (const stream of decisions.store.streams().keys()) {
    const { events } = await decisions.store.load(stream);
    streams.push(events.flatMap(({ decision, ...event }) => (decision === undefined ? [] : [{ ...event, decision }])));
  }
  const commands = streams.flatMap((events) => judgedCommand(events) ?? []);
  const judged = judgeCommands({ commands, lines, cancelled: asking.cancelled(), onTheWayMs });
  const answers = await answersOf(decisions, streams);
  const unknown = asking.asked().filter((id) => !commands.some(({ commandId }) => commandId === id));
  const wrong = [
    ...judged.violations,
    ...decisions.wrong(),
    ...answers.wrong,
    ...late.map((id) => `${id} was published after its expiry`),
    ...unknown.map((id) => `${id} was acknowledged, and there is none`),
  ];
  return { wrong, states: judged.states, again: judged.again, quarantined: answers.quarantined };
};

const { CommandExecuting, CommandSucceeded, CommandFailed } = commandEvents;

/** Each answer that is in the log is what a command came to, or in quarantine with its reason: one or the other. */
const answersOf = async (decisions: DecisionsInMemory, streams: readonly (readonly DecidedEvent[])[]) => {
  const said = new Set<string>();
  for (const event of await eventsOf(decisions, responsesTopic.name))
    if (isEvent(NodeResponded, event)) said.add(event.id);
  const taken = new Set(
    streams.flat().flatMap((event) => {
      const isAnswer = [CommandExecuting, CommandSucceeded, CommandFailed].some(({ type }) => type === event.type);
      return isAnswer ? [(event.data as { readonly answer_id: string }).answer_id] : []; // All of them have it.
    }),
  );
  const refused = new Set<string>();
  for (const event of await eventsOf(decisions, quarantineTopic.name)) {
    if (!isEvent(MessageQuarantined, event) || !/^answer-(not-now|not-found|forbidden)$/.test(event.data.code))
      continue;
    const { event_id } = JSON.parse(new TextDecoder().decode(event.data.payload)) as { readonly event_id: string }; // As it was sent.
    refused.add(event_id);
  }
  const wrong = [
    ...[...said].filter((id) => taken.has(id) === refused.has(id)).map((id) => `answer ${id} is not taken or refused`),
    ...[...taken].filter((id) => !said.has(id)).map((id) => `answer ${id} was never given`),
  ];
  return { wrong, quarantined: refused.size };
};

const eventsOf = async ({ log }: DecisionsInMemory, topic: string) => {
  const events = [];
  for (const { partition, first: from, next: to } of await log.positions(topic)) {
    for await (const { records } of log.read({ topic, partition, from, to })) {
      for (const record of records) {
        const decoded = codec.decode(record);
        if (decoded.outcome === 'event') events.push(decoded.event);
      }
    }
  }
  return events;
};
