/** Commands about API keys, as routes ask for them. Keys are made and hashed behind this port. */
import type { CommandMetadata } from '@plenum/event';
import type { ApiKey } from '../keys/api-key.ts';
import type { Role } from '../permissions.ts';
import type { Handled, HandledSecret } from './handled.ts';
import type { NewKey } from './new-key.ts';

export type KeyPort = {
  /** The secret of the answer is the key: 64 hexadecimal digits. */
  issue(asked: NewKey & CommandMetadata): HandledSecret;
  /** As decided, read models or not. `undefined`: there is no such key. @throws TransientFailure */
  get(keyId: string): Promise<{ readonly key: ApiKey; readonly version: number } | undefined>;
  change(keyId: string, asked: KeyChange & CommandMetadata): Handled;
  disable(keyId: string, metadata: CommandMetadata): Handled;
  enable(keyId: string, metadata: CommandMetadata): Handled;
  /** For ever. */
  revoke(keyId: string, metadata: CommandMetadata): Handled;
};

/** What is not given stays. A new role brings its own permissions unless some are given. */
export type KeyChange = {
  readonly role?: Role | undefined;
  readonly permissions?: readonly string[] | undefined;
  readonly rateLimit?: number | undefined;
  readonly expiresAtUs?: number | 'never' | undefined;
};
