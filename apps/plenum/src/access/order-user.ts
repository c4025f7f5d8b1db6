import type { Admission, Done, NotDone, Order } from '@plenum/admission';
import type { Surroundings } from '../command-line/command.ts';
import type { LogName } from '../command-line/stack-options.ts';

type Asked = {
  readonly user: string;
  readonly log: LogName | undefined;
  readonly json: boolean;
  readonly 'command-id': string | undefined;
  readonly 'expected-version': number | undefined;
};

type UserOrder = {
  /** What was done, as a sentence. */
  readonly done: string;
  /** What the secret of the answer is called, when there is one. */
  readonly secret?: string;
  readonly give: (
    admission: Admission,
    userId: string,
    order: Order,
  ) => Promise<(Done & { readonly secret?: string | undefined }) | NotDone>;
};

/** Gives an order about somebody who is named as people name him. @returns the exit code. */
export const orderUser = async (
  { user, log, json, ...asked }: Asked,
  surroundings: Surroundings,
  { done, secret, give }: UserOrder,
): Promise<number> => {
  // Loaded when it is wanted: the list of commands is shown without all of this.
  const [{ newOrder, withAccess }, { answer }, { userIdOf }] = await Promise.all([
    import('./with-access.ts'),
    import('./answer.ts'),
    import('./find-user.ts'),
  ]);
  return withAccess({ log }, surroundings, async ({ admission, sql }) => {
    const userId = await userIdOf(sql, user);
    const order = { ...newOrder(asked['command-id']), expectedVersion: asked['expected-version'] };
    const ended = await give(admission, userId, order);
    return answer(ended, { json, done: () => done, ...(secret !== undefined && { secret }) }, surroundings);
  });
};
