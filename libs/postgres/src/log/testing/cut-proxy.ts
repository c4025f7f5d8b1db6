/** A way to the database that loses connections where it hurts most. */
import type { TestContext } from 'node:test';
import { faultProxy } from '@plenum/fault-proxy/testing';

export type CutProxy = {
  /** The database's URL through the proxy. */
  readonly url: string;
  /**
   * Cuts every connection from now on: when the server answers (what was asked has been done), when it answers to a
   * commit, when all but the last message of what is asked has reached it (nothing will be done), or at once.
   */
  cut(when: 'at-answer' | 'at-commit' | 'before-sync' | 'at-once' | 'never'): void;
  /** How many connections were cut when the server had answered. */
  answersLost(): number;
};

/** The message at which the server does, and tells, what it was asked. */
const sync = Buffer.from([0x53, 0, 0, 0, 4]);

export const cutProxy = async (t: TestContext, url: string): Promise<CutProxy> => {
  const { hostname: host, port } = new URL(url);
  let mode: Parameters<CutProxy['cut']>[0] = 'never';
  let lost = 0;
  const proxy = await faultProxy({
    to: () => ({ host, port: Number(port) }),
    tamper: () => ({
      toServer: (bytes, way) => {
        if (mode === 'at-commit' && bytes.includes('commit')) mode = 'at-answer';
        if (mode === 'before-sync' && bytes.subarray(-sync.length).equals(sync)) {
          way.pass(bytes.subarray(0, -sync.length));
          way.cut();
          return;
        }
        way.pass(bytes);
      },
      toClient: (bytes, way) => {
        if (mode !== 'at-answer') {
          way.pass(bytes);
          return;
        }
        lost += 1;
        way.cut();
      },
    }),
  });
  t.after(() => proxy.close());
  return {
    url: proxy.through(url),
    cut(when) {
      mode = when;
      if (when === 'at-once') proxy.cut();
      else proxy.mend();
    },
    answersLost: () => lost,
  };
};
