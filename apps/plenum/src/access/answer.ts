/** How a command ended, for a person or for a program. */
import type { NotDone, Receipt } from '@plenum/event';
import type { Surroundings } from '../command-line/command.ts';

type Answered = Receipt & { readonly secret?: string | undefined };

export type Telling = {
  readonly json: boolean;
  /** What was done, as a sentence that begins with what it was done to. */
  readonly done: (done: Answered) => string;
  /** What the secret is, when there is one. */
  readonly secret?: string;
};

/**
 * Writes the answer to standard output and gives the exit code: 0 when it is done or was so already, 1 when it was refused.
 * A secret is written here, and nowhere else.
 */
export const answer = async (
  ended: Answered | NotDone,
  { json, done, secret }: Telling,
  { out, tell }: Pick<Surroundings, 'out' | 'tell'>,
): Promise<number> => {
  if (ended.outcome !== 'done') {
    const reason = reasonOf(ended);
    if (json) await out(`${JSON.stringify({ ...ended, reason })}\n`);
    tell(`plenum: ${reason}\n`);
    return 1;
  }
  if (json) {
    await out(`${JSON.stringify(ended)}\n`);
    return 0;
  }
  await out(`${howText[ended.how]}${done(ended)}\n`);
  if (secret === undefined) return 0;
  await out(
    ended.secret === undefined
      ? `The ${secret} was shown when this was done first, and cannot be shown again.\n`
      : `${secret}, which is shown this once: ${ended.secret}\n`,
  );
  return 0;
};

const howText: Readonly<Record<Receipt['how'], string>> = {
  recorded: '',
  known: 'Done before: ',
  unchanged: 'Nothing to do: ',
};

const reasonOf = (ended: NotDone): string =>
  ended.outcome === 'conflict'
    ? `somebody else was faster: it is at version ${ended.version}. Look at it, and ask again`
    : ended.reason;
