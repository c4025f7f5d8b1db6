/**
 * kafkajs 2.2.4 opens a socket for everybody who finds a connection closed, the second one while the first is still being
 * made. Only the last of them is ever closed again; the others keep the process alive until the broker, after ten
 * minutes, throws them out, and that ends the good one as well. Here the second waits for the first.
 */
import { createRequire } from 'node:module';

type Connection = { connect(): Promise<unknown> };

const beingMade = new WeakMap<Connection, Promise<unknown>>();
let patched = false;

/** Takes effect for every client of this process. Applying it twice changes nothing. */
export const patchConnection = (): void => {
  if (patched) return;
  patched = true;
  // The module has no types; its shape is that of the pinned version, and a test looks at what the patch is for.
  const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/connection') as {
    readonly prototype: Connection;
  };
  const connect = prototype.connect;
  prototype.connect = function (this: Connection): Promise<unknown> {
    return beingMade.getOrInsertComputed(this, () => connect.call(this).finally(() => beingMade.delete(this)));
  };
};
