import type { Authentication } from '@plenum/authentication';
import type { CommandMetadata, NotDone, Receipt } from '@plenum/event';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';

type Asked = {
  readonly user: string;
  readonly log: LogName | undefined;
  readonly json: boolean;
  readonly 'command-id': string | undefined;
  readonly 'expected-version': number | undefined;
};

type UserCommand = {
  /** What was done, as a sentence. */
  readonly done: string;
  /** What the secret of the answer is called, when there is one. */
  readonly secret?: string;
  readonly give: (
    authentication: Authentication,
    userId: string,
    metadata: CommandMetadata,
  ) => Promise<(Receipt & { readonly secret?: string | undefined }) | NotDone>;
};

/** Gives a command about somebody who is named as people name them. @returns the exit code. */
export const commandUser = async (
  { user, log, json, ...asked }: Asked,
  surroundings: Surroundings,
  { done, secret, give }: UserCommand,
): Promise<number> => {
  // Loaded when it is wanted: the list of commands is shown without all of this.
  const [{ newMetadata, withAccess }, { answer }, { userIdOf }] = await Promise.all([
    import('./with-access.ts'),
    import('./answer.ts'),
    import('./find-user.ts'),
  ]);
  return withAccess({ log }, surroundings, async ({ authentication, sql }) => {
    const userId = await userIdOf(sql, user);
    const metadata = { ...newMetadata(asked['command-id']), expectedVersion: asked['expected-version'] };
    const ended = await give(authentication, userId, metadata);
    return answer(ended, { json, done: () => done, ...(secret !== undefined && { secret }) }, surroundings);
  });
};
