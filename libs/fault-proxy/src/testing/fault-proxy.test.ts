import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { it, type TestContext } from 'node:test';
import { type FaultProxySettings, faultProxy } from './fault-proxy.ts';

it('carries bytes both ways, and ends what it carries when a side ends', async (t) => {
  const { open } = await echoing(t);
  const client = await open();
  client.write('there and back');
  assert.equal(await said(client), 'there and back');
});

it('says by which way a URL leads', async (t) => {
  const { proxy } = await echoing(t);
  assert.equal(proxy.through('postgres://a:b@db.example:5432/c?x=1'), `postgres://a:b@127.0.0.1:${proxy.port}/c?x=1`);
});

it('breaks what is open and what comes, until it is mended', async (t) => {
  const { proxy, open } = await echoing(t);
  const first = await open();
  first.write('x');
  await said(first);
  const broken = once(first, 'error');
  proxy.cut();
  assert.match(String(await broken), /ECONNRESET/);
  const second = connect(proxy.port, '127.0.0.1');
  assert.match(String(await once(second, 'error')), /ECONNRESET/);
  proxy.mend();
  const third = await open();
  third.write('again');
  assert.equal(await said(third), 'again');
});

it('holds what is said, on what is open and what comes, and hands it on when it is mended', async (t) => {
  const { proxy, open, beside, heard } = await echoing(t);
  const first = await open();
  first.write('a');
  await said(first);
  proxy.hold();
  first.write('b');
  const second = await open();
  second.write('c');
  const past = await beside();
  past.write('d');
  await said(past);
  assert.equal(heard(), 'ad');
  proxy.mend();
  assert.deepEqual(await Promise.all([said(first), said(second)]), ['b', 'c']);
});

it('lets a test change what passes, and cut behind it', async (t) => {
  const { proxy, open } = await echoing(t, {
    tamper: (connection) => ({
      toClient: (bytes, way) =>
        way.pass(Buffer.from(`${connection}: ${bytes}`), connection === 1 ? way.cut : undefined),
    }),
  });
  const [first, second] = [await open(), await open()];
  first.write('x');
  assert.equal(await said(first), '0: x');
  assert.deepEqual(proxy.open().length, 2);
  const ended = proxy.ended();
  const closed = once(second, 'close');
  second.write('y');
  assert.equal(await said(second), '1: y');
  await Promise.all([closed, ended]);
  assert.equal(proxy.open().length, 1);
});

const said = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0]);

/** A server that sends back what it receives, behind a proxy. */
const echoing = async (t: TestContext, settings: Omit<FaultProxySettings, 'to'> = {}) => {
  let heard = '';
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      heard += bytes;
      socket.write(bytes);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const proxy = await faultProxy({ ...settings, to: () => ({ port }) });
  t.after(async () => {
    await proxy.close();
    server.close();
  });
  const openTo = async (at: number): Promise<Socket> => {
    const socket = connect(at, '127.0.0.1');
    t.after(() => socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { proxy, open: () => openTo(proxy.port), beside: () => openTo(port), heard: () => heard };
};
