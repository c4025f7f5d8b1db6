import { defineEvent, type Personal, personal } from '@plenum/event';
import {
  type UserChangedV1,
  type UserChangedV2,
  type UserCreatedV1,
  type UserCreatedV2,
  type UserCreatedV3,
  type UserDisabledV1,
  type UserEnabledV1,
  type UserLockedOutV1,
  type UserSessionsEndedV1,
  type UserUnlockedV1,
  userChangedV1,
  userChangedV2,
  userCreatedV1,
  userCreatedV2,
  userCreatedV3,
  userDisabledV1,
  userEnabledV1,
  userLockedOutV1,
  userSessionsEndedV1,
  userUnlockedV1,
} from '../generated/schemas.ts';
import { userStream } from '../streams.ts';
import { accessTopic } from '../topics.ts';

const ofUser = { topic: accessTopic.name, key: ({ user_id }: { readonly user_id: string }) => userStream(user_id) };

type Named = { readonly login: string; readonly name: string; readonly email: string | undefined };

const orNone = (text: string | undefined): Personal | undefined => (text === undefined ? undefined : personal(text));

/** As it was said before these fields were personal: in the plain, which no erasure reaches. */
const namedBefore = ({ login, name, email }: Named) => ({
  ...{ login: personal(login), name: personal(name), email: orNone(email) },
});

export const UserCreated = defineEvent<UserCreatedV3>()({
  ...ofUser,
  schemas: [userCreatedV1, userCreatedV2, userCreatedV3],
  upcast: {
    1: (older: UserCreatedV1): UserCreatedV2 => ({ ...older, imported_id: undefined }),
    2: (older: UserCreatedV2): UserCreatedV3 => ({
      ...older,
      ...namedBefore(older),
      imported_id: orNone(older.imported_id),
    }),
  },
});
export const UserChanged = defineEvent<UserChangedV2>()({
  ...ofUser,
  schemas: [userChangedV1, userChangedV2],
  upcast: { 1: (older: UserChangedV1): UserChangedV2 => ({ ...older, ...namedBefore(older) }) },
});
export const UserDisabled = defineEvent<UserDisabledV1>()({ ...ofUser, schemas: [userDisabledV1] });
export const UserEnabled = defineEvent<UserEnabledV1>()({ ...ofUser, schemas: [userEnabledV1] });
export const UserLockedOut = defineEvent<UserLockedOutV1>()({ ...ofUser, schemas: [userLockedOutV1] });
export const UserUnlocked = defineEvent<UserUnlockedV1>()({ ...ofUser, schemas: [userUnlockedV1] });
export const UserSessionsEnded = defineEvent<UserSessionsEndedV1>()({ ...ofUser, schemas: [userSessionsEndedV1] });

/** Everything that can be changed about a user. */
export type UserFields = Omit<UserCreatedV3, 'user_id' | 'by' | 'imported_id'>;
