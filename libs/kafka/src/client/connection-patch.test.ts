import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, connect as dial, type Socket } from 'node:net';
import { it } from 'node:test';
import { patchConnection } from './connection-patch.ts';

type Connection = { connect(): Promise<unknown>; disconnect(): Promise<unknown> };
type Dial = { readonly host: string; readonly port: number; readonly onConnect: () => void };

// Without types, as the patch itself meets it.
const Connection = createRequire(import.meta.url)('kafkajs/src/network/connection') as new (
  options: object,
) => Connection;

it('makes one socket of a connection that several ask for at once, where kafkajs makes one for each', async (t) => {
  const server = createServer((socket) => socket.resume().on('error', () => undefined));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const quiet = { debug: () => {}, error: () => {}, namespace: () => quiet };

  const socketsOf = async (asked: number): Promise<number> => {
    const sockets: Socket[] = [];
    const socketFactory = ({ host, port: to, onConnect }: Dial): Socket => {
      const socket = dial({ host, port: to }, onConnect);
      sockets.push(socket);
      return socket;
    };
    const options = { host: '127.0.0.1', port, logger: quiet, socketFactory };
    const connection = new Connection({ ...options, connectionTimeout: 5_000, requestTimeout: 5_000 });
    await Promise.all(Array.from({ length: asked }, () => connection.connect()));
    await connection.disconnect();
    // And once more, when it has been closed.
    await connection.connect();
    await connection.disconnect();
    for (const socket of sockets) socket.destroy();
    return sockets.length;
  };
  assert.equal(await socketsOf(3), 4);
  patchConnection();
  assert.equal(await socketsOf(3), 2);
});
