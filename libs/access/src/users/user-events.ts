import { defineEvent } from '@plenum/event';
import {
  type UserChangedV1,
  type UserCreatedV1,
  type UserCreatedV2,
  type UserDisabledV1,
  type UserEnabledV1,
  type UserLockedOutV1,
  type UserSessionsEndedV1,
  type UserUnlockedV1,
  userChangedV1,
  userCreatedV1,
  userCreatedV2,
  userDisabledV1,
  userEnabledV1,
  userLockedOutV1,
  userSessionsEndedV1,
  userUnlockedV1,
} from '../generated/schemas.ts';
import { userStream } from '../streams.ts';
import { accessTopic } from '../topics.ts';

const ofUser = { topic: accessTopic.name, key: ({ user_id }: { readonly user_id: string }) => userStream(user_id) };

export const UserCreated = defineEvent<UserCreatedV2>()({
  ...ofUser,
  schemas: [userCreatedV1, userCreatedV2],
  upcast: { 1: (older: UserCreatedV1): UserCreatedV2 => ({ ...older, imported_id: undefined }) },
});
export const UserChanged = defineEvent<UserChangedV1>()({ ...ofUser, schemas: [userChangedV1] });
export const UserDisabled = defineEvent<UserDisabledV1>()({ ...ofUser, schemas: [userDisabledV1] });
export const UserEnabled = defineEvent<UserEnabledV1>()({ ...ofUser, schemas: [userEnabledV1] });
export const UserLockedOut = defineEvent<UserLockedOutV1>()({ ...ofUser, schemas: [userLockedOutV1] });
export const UserUnlocked = defineEvent<UserUnlockedV1>()({ ...ofUser, schemas: [userUnlockedV1] });
export const UserSessionsEnded = defineEvent<UserSessionsEndedV1>()({ ...ofUser, schemas: [userSessionsEndedV1] });

/** Everything that can be changed about a user. */
export type UserFields = Omit<UserCreatedV2, 'user_id' | 'by' | 'imported_id'>;
