import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { TransientFailure } from '@plenum/runtime';
import { RegistryRefusal } from './answers.ts';
import { type RegistryClient, type RegistrySettings, registryClient } from './registry-client.ts';
import { untilBack } from './until-back.ts';

const schema = { type: 'record', namespace: 'test', name: 'Moved', fields: [{ name: 'id', type: 'string' }] } as const;

const calls: readonly (readonly [string, (client: RegistryClient) => Promise<unknown>])[] = [
  ['register', (client) => client.register('moves', schema)],
  ['find', (client) => client.find('moves', schema)],
  ['schemaOf', (client) => client.schemaOf(1)],
];

const serve = async (t: TestContext, listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // It listens on TCP.
};

const clientOf = (url: string, rest: Partial<RegistrySettings> = {}): RegistryClient =>
  registryClient({ url, timeoutMs: 30_000, ...rest });

describe('a registry that does not answer is a transient failure', () => {
  const cut: RequestListener = (request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{"id":', () => request.socket.destroy());
  };
  const ways: readonly (readonly [string, RequestListener])[] = [
    ['says nothing', () => undefined],
    ['begins an answer and says no more', (_request, response) => void response.writeHead(200).write('{"id":')],
    ['breaks off in the middle of an answer', cut],
    ['hangs up', (request) => void request.socket.destroy()],
    ['fails', (_request, response) => void response.writeHead(500).end('{"error_code":50001,"message":"no store"}')],
    ['is behind a gateway that finds nobody', (_request, response) => void response.writeHead(502).end('<html/>')],
    ['is starting', (_request, response) => void response.writeHead(503).end()],
    ['is asked too often', (_request, response) => void response.writeHead(429).end('{"message":"slower"}')],
  ];
  for (const [how, listener] of ways) {
    it(`when it ${how}`, async (t) => {
      const client = clientOf(await serve(t, listener), { timeoutMs: 300 });
      for (const [name, call] of calls) await assert.rejects(call(client), isTransient, name);
    });
  }

  it('when nobody listens, or its name is not known', async () => {
    for (const url of ['http://127.0.0.1:1', 'http://registry.invalid']) {
      for (const [name, call] of calls) await assert.rejects(call(clientOf(url)), isTransient, name);
    }
  });

  it('and asks again about the same id afterwards', async (t) => {
    let silent = true;
    const url = await serve(t, (_request, response) => {
      if (!silent) response.end(JSON.stringify({ schema: JSON.stringify(schema) }));
    });
    const client = clientOf(url, { timeoutMs: 2000 });
    await assert.rejects(client.schemaOf(1), isTransient);
    silent = false;
    assert.equal((await client.schemaOf(1))?.name, 'test.Moved');
  });

  it('and is waited for', async (t) => {
    let asked = 0;
    const url = await serve(t, (_request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(503).end();
      else response.end('{"id":7}');
    });
    const said: string[] = [];
    const say = (_: object, message: string): void => void said.push(message);
    const logger = { debug: say, info: say, warn: say, error: say };
    const client = clientOf(url);
    assert.equal(await untilBack(() => client.find('moves', schema), { logger }), 7);
    assert.deepEqual(said, ['Waiting for the schema registry', 'The schema registry answers']);
    await assert.rejects(
      untilBack(() => clientOf('http://127.0.0.1:1').find('moves', schema), { logger, timeoutMs: 0 }),
      isTransient,
    );
    const stop = AbortSignal.abort();
    await assert.rejects(
      untilBack(() => clientOf('http://127.0.0.1:1').find('moves', schema), { logger, stop }),
      isTransient,
    );
  });
});

describe('a registry that says no is not a transient failure', () => {
  const refuses = async (t: TestContext, status: number, body: string, reason: RegExp): Promise<void> => {
    const client = clientOf(await serve(t, (_request, response) => void response.writeHead(status).end(body)));
    for (const [name, call] of calls) {
      await assert.rejects(
        call(client),
        (error) => error instanceof RegistryRefusal && reason.test(error.message),
        name,
      );
    }
  };

  it('when it wants to know who asks', async (t) => {
    await refuses(t, 401, '{"error_code":401,"message":"Unauthorized"}', /SCHEMA_REGISTRY_USERNAME/);
    await refuses(t, 403, '<html/>', /SCHEMA_REGISTRY_USERNAME/);
  });

  it('when it is none', async (t) => {
    await refuses(t, 404, '<html>nothing here</html>', /not a schema registry/);
    await refuses(t, 404, '', /not a schema registry/);
    await refuses(t, 200, '<html>log in</html>', /not a schema registry/);
  });

  it('and is shown who asks', async (t) => {
    let seen: string | undefined;
    const url = await serve(t, (request, response) => {
      seen = request.headers.authorization;
      response.end('{"id":7}');
    });
    assert.equal(await clientOf(url, { username: 'plenum', password: 'secret' }).find('moves', schema), 7);
    assert.equal(seen, `Basic ${Buffer.from('plenum:secret').toString('base64')}`);
  });

  it('and nothing of a user in its address is printed', async () => {
    await assert.rejects(
      clientOf('http://plenum:secret@127.0.0.1:1').find('moves', schema),
      (error) => isTransient(error) && !String(error).includes('secret'),
    );
  });
});

it('a schema in another language, or one that is no record, is not one of ours', async (t) => {
  const answers = [
    { schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; message Moved { string id = 1; }' },
    { schemaType: 'JSON', schema: '{"type":"object"}' },
    { schema: '"string"' },
    { schema: '{"type":"no such type"}' },
  ];
  const url = await serve(t, (request, response) => {
    response.end(JSON.stringify(answers[Number(request.url?.split('/').at(-1))]));
  });
  for (const id of answers.keys()) assert.equal(await clientOf(url).schemaOf(id), undefined, `${id}`);
});

const isTransient = (error: unknown): boolean => error instanceof TransientFailure && error.code === 'registry';
