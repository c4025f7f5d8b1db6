/** Which commands this process may send: those whose claim was recorded, many in one decision. */
import { claimCommands, type SendableCommand } from '@plenum/device';
import type { Issue, Issued, IssuedBy } from '@plenum/runtime';

export type ClaimsAsked = {
  /** In the order in which they are to be sent. */
  readonly commands: readonly SendableCommand[];
  readonly issue: Issue;
  readonly patient: <T>(work: () => Promise<T>) => Promise<T | undefined>;
  readonly by: (id: string) => IssuedBy;
  readonly newId: () => string;
  readonly replica: string;
  readonly nowUs: () => number;
};

const togetherMax = 200;

/**
 * In the same order, as many at a time as are claimed together; while some are recorded, the next are decided. When one may not be
 * claimed (it was cancelled, or another process was faster), the others still are.
 */
export async function* claimed(asked: ClaimsAsked): AsyncGenerator<readonly SendableCommand[]> {
  const from = (start: number): Promise<readonly SendableCommand[]> => {
    const claiming = claimTogether(asked, asked.commands.slice(start, start + togetherMax));
    claiming.catch(() => undefined); // It is awaited in its turn; until then it is not unhandled.
    return claiming;
  };
  let claiming = from(0);
  for (let next = togetherMax; next - togetherMax < asked.commands.length; next += togetherMax) {
    const following = from(next);
    yield await claiming;
    claiming = following;
  }
}

const claimTogether = async (
  asked: ClaimsAsked,
  commands: readonly SendableCommand[],
): Promise<readonly SendableCommand[]> => {
  const { issue, patient, by, newId, replica, nowUs } = asked;
  if (commands.length === 0) return [];
  const claims = commands.map(({ command_id: commandId, attempt }) => ({ commandId, attempt: attempt + 1 }));
  const id = `claim/${newId()}`;
  const command = claimCommands(claims, { replica, nowUs: nowUs() });
  const issued: Issued | undefined = await patient(() => issue(command, by(id)));
  if (issued === undefined) return [];
  if (issued.outcome === 'done') return issued.how === 'unchanged' ? [] : commands;
  if (commands.length === 1) return [];
  const half = Math.ceil(commands.length / 2);
  return [
    ...(await claimTogether(asked, commands.slice(0, half))),
    ...(await claimTogether(asked, commands.slice(half))),
  ];
};
