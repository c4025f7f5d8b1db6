/** What one event comes to in a reaction: the commands that it asks for are issued, and a refusal is said where the reaction says it. */
import { hash } from 'node:crypto';
import {
  type Command,
  type DecidedTables,
  type Event,
  type Reaction,
  type ReactionTools,
  reactionCommandId,
  type Trace,
} from '@plenum/event';
import type { EventCodec } from '../event-codec.ts';
import type { Log } from '../log.ts';
import type { Patience } from '../patience.ts';
import type { Logger } from '../ports.ts';
import type { Released } from './checkpoint-store.ts';
import type { Issue, Issued } from './issue.ts';
import type { ReactionProgress } from './reaction-progress.ts';

export type AnswerEvent = {
  readonly reaction: Reaction;
  readonly issue: Issue;
  /** Appended to where a reaction has something to say of a refusal. */
  readonly log: Pick<Log, 'append'>;
  /** What a reaction that looks something up may ask; only such a one needs it. */
  readonly tables?: DecidedTables | undefined;
  readonly codec: EventCodec;
  readonly logger: Logger;
  readonly progress: ReactionProgress;
};

/** Nothing to answer, answered before, or answered now. `undefined` when stopped meanwhile. */
export const answerEvent = async (
  parts: AnswerEvent,
  event: Event,
  patient: Patience,
): Promise<keyof Released | undefined> => {
  const { reaction, issue, logger, progress } = parts;
  const commands = await patient(() => commandsFor(parts, event));
  if (commands === undefined) return undefined;
  let isKnown = commands.length > 0;
  for (const [id, command] of commands) {
    const issued = await patient(() => issue(command, { id, reaction: reaction.name, trace: traceOf(event) }));
    if (issued === undefined) return undefined;
    progress.commands[issued.outcome === 'refused' ? 'refused' : issued.how] += 1;
    isKnown &&= issued.outcome === 'done' && issued.how === 'known';
    if (issued.outcome === 'refused') {
      const { code, reason } = issued;
      logger.warn({ reaction: reaction.name, command: id, code, reason }, 'a command of a reaction was refused');
      if ((await patient(() => sayRefused(parts, event, issued))) === undefined) return undefined;
    }
  }
  if (commands.length === 0) return 'notForIt';
  return isKnown ? 'duplicates' : 'applied';
};

/** Said again after a crash, it is the same event. */
const sayRefused = async (
  { reaction, codec, log }: AnswerEvent,
  event: Event,
  refusal: Extract<Issued, { readonly outcome: 'refused' }>,
): Promise<'said'> => {
  const said = reaction.refused?.(event, refusal, tools);
  if (said !== undefined) await log.append([codec.encode(said)]);
  return 'said';
};

const tools: ReactionTools = { sha1: (bytes) => hash('sha1', bytes), sha256: (bytes) => hash('sha256', bytes) };

/** With the id of each. @throws when two of them could not be distinguished. */
const commandsFor = async (
  { reaction, tables }: AnswerEvent,
  event: Event,
): Promise<readonly (readonly [id: string, command: Command])[]> => {
  const commands = reaction.react(event, await lookedUp({ reaction, tables }, event), tools);
  const apart = new Set(commands.map(({ name, stream }) => `${name} ${stream}`));
  if (apart.size < commands.length) {
    throw new Error(`${reaction.name} asks one thing of one stream twice, for event ${event.id}`);
  }
  return commands.map((command) => [reactionCommandId(reaction, event, command), command]);
};

const lookedUp = async (
  { reaction, tables }: Pick<AnswerEvent, 'reaction' | 'tables'>,
  event: Event,
): Promise<unknown> => {
  if (reaction.lookUp === undefined) return undefined;
  if (tables === undefined) throw new Error(`${reaction.name} looks something up, and was given no tables`);
  return reaction.lookUp(event, tables);
};

/** The answer belongs to what the event belongs to, and the event is its cause. */
const traceOf = ({ id, trace }: Event): Trace => ({
  ...trace,
  correlationId: trace?.correlationId ?? id,
  causationId: id,
});
