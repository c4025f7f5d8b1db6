/** For tests: a TCP proxy before the database that loses connections where it hurts most. */
import net from 'node:net';
import type { TestContext } from 'node:test';

export type CutProxy = {
  /** The database's URL through the proxy. */
  readonly url: string;
  /**
   * Cuts every connection from now on: when the server answers (what was asked has been done), when it answers to a
   * commit, or at once.
   */
  cut(when: 'at-answer' | 'at-commit' | 'at-once' | 'never'): void;
  /** How many connections were cut when the server had answered. */
  answersLost(): number;
};

export const cutProxy = async (t: TestContext, url: string): Promise<CutProxy> => {
  const target = new URL(url);
  const open = new Set<net.Socket>();
  let mode: Parameters<CutProxy['cut']>[0] = 'never';
  let lost = 0;
  const server = net.createServer((client) => {
    if (mode === 'at-once') {
      client.destroy();
      return;
    }
    const upstream = net.connect(Number(target.port), target.hostname);
    const end = (): void => {
      for (const socket of [client, upstream]) {
        open.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.on('data', (bytes: Buffer) => {
      if (mode === 'at-commit' && bytes.includes('commit')) mode = 'at-answer';
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (mode === 'at-answer') {
        lost += 1;
        end();
        return;
      }
      client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a listening socket has no port');
  const through = new URL(url);
  through.port = String(address.port);
  through.hostname = '127.0.0.1';
  return {
    url: through.href,
    cut(when) {
      mode = when;
      if (when === 'at-once') for (const socket of open) socket.destroy();
    },
    answersLost: () => lost,
  };
};
