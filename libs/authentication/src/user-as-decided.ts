import { type UserState, user, userStream } from '@plenum/access';
import { type Decisions, stateOf } from '@plenum/runtime';

/** A user as the store has them, read models or not, with what names them in the plain. @throws TransientFailure */
export const userAsDecided = (
  { store, personal }: Decisions,
  userId: string,
): Promise<{ readonly state: UserState; readonly version: number; readonly organisation: string | undefined }> =>
  stateOf(store, user, userStream(userId), personal);
