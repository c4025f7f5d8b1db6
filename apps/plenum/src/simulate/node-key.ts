/** A key of a node in the shape in which the API and `plenum nodes enrol --json` show it, this once. */
import type { SignIn } from './devices.ts';

export type NodeKey = {
  readonly node_id: string;
  readonly key_id: string;
  readonly user_name: string;
  /** A secret, and never to be printed. */
  readonly key: string;
};

/** Whether a line of such an answer is one with a key. */
export const isNodeKey = <T>(line: T): line is T & NodeKey => {
  if (typeof line !== 'object' || line === null) return false;
  return ['node_id', 'key_id', 'user_name', 'key'].every(
    (name) => typeof (line as Readonly<Record<string, unknown>>)[name] === 'string',
  );
};

export const signInOf = ({ user_name, key }: NodeKey): SignIn => ({ username: user_name, password: key });
