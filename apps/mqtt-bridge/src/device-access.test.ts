import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newNodeKey } from '@plenum/credentials';
import type { AuthorizedNode } from '@plenum/device';
import type { Admission, Credentials, Rights } from '@plenum/mqtt';
import { TransientFailure } from '@plenum/runtime';
import { manualTimer, silentLogger } from '@plenum/runtime/testing';
import { deviceAccess } from './device-access.ts';
import type { RefusedClient } from './refused-client.ts';

const [first, second, wrong] = [newNodeKey(), newNodeKey(), newNodeKey()];
const node: AuthorizedNode = {
  ...{ node_id: 'a', sensors: ['humidity'], keys: { [first.keyId]: first.keyHash, [second.keyId]: second.keyHash } },
  ...{ certificate: 'a.site', disabled: false },
};
const humidity = 'ceiling/sensors/a_humidity/data';
const light = 'ceiling/sensors/a_light_level/data';

const nobody: Credentials = { clientId: 'a', userName: undefined, password: undefined, certificate: undefined };
const by = (key: string, userName = 'a'): Credentials => ({ ...nobody, userName, password: Buffer.from(key) });
const shown = (commonName: string): Credentials => ({ ...nobody, certificate: { commonName, fingerprint: '' } });

describe('at the MQTT listener', () => {
  it('a node signs in with either of its keys, or with its certificate, and has the rights of its own topics', async () => {
    const { admitted, counts } = world();
    for (const how of [by(first.key), by(second.key), by(second.key, `a/${second.keyId}`), shown('a.site')]) {
      const rights = await admitted(how);
      assert.equal(rights.publish(humidity), undefined);
      assert.match(rights.publish('ceiling/sensors/b_humidity/data') ?? '', /may not publish/);
      assert.equal(rights.subscribe('ceiling/commands/a'), undefined);
      assert.match(rights.subscribe('ceiling/commands/+') ?? '', /may not read/);
    }
    assert.deepEqual(counts(), { signedIn: 4, refused: 0, refusedIfAsked: 0, ended: 0 });
  });

  it('nobody else is let in, and hears no more than has to be said', async () => {
    const { refused, counts, heard, change } = world();
    const signIn = 'sign in with the node id as user name and the key as password, or with a certificate';
    const isWrong = 'the node id or its key is wrong';
    assert.deepEqual(await refused(nobody), [0x87, signIn]);
    assert.deepEqual(await refused(by(first.key, '/')), [0x87, signIn]);
    assert.deepEqual(await refused(by(wrong.key)), [0x86, isWrong]);
    assert.deepEqual(await refused({ ...by(first.key), password: undefined }), [0x86, isWrong]);
    assert.deepEqual(await refused(by(first.key, `a/${second.keyId}`)), [0x86, isWrong]);
    assert.deepEqual(await refused(by(first.key, 'stranger')), [0x86, isWrong]);
    assert.deepEqual(await refused(shown('b.site')), [0x86, isWrong]);
    assert.deepEqual(await refused({ ...by(first.key), clientId: 'b' }), [0x85, 'the client id has to be the node id']);
    await change({ disabled: true });
    assert.deepEqual(await refused(by(first.key)), [0x87, 'the node is disabled']);
    assert.deepEqual(await refused(by(wrong.key)), [0x86, isWrong]);
    assert.deepEqual(counts(), { signedIn: 0, refused: 10, refusedIfAsked: 0, ended: 0 });
    assert.deepEqual(
      heard.map(({ nodeId, code, admitted }) => [nodeId, code, admitted]),
      [
        ...[undefined, undefined].map((nodeId) => [nodeId, 'no-credentials', false]),
        ...['a', 'a', 'a'].map((nodeId) => [nodeId, 'wrong-credentials', false]),
        ['stranger', 'unknown-node', false],
        ['a', 'wrong-credentials', false],
        ['a', 'other-client-id', false],
        ['a', 'disabled', false],
        ['a', 'wrong-credentials', false],
      ],
    );
  });

  it('everybody is let in where nobody has to sign in, and who does so has its own rights and no more', async () => {
    const { admitted, counts, heard } = world({ anonymous: true });
    for (const asked of [nobody, by(wrong.key), by(first.key, 'stranger')]) {
      const rights = await admitted(asked);
      assert.equal(rights.publish('anything'), undefined);
      assert.equal(rights.subscribe('#'), undefined);
    }
    assert.match((await admitted(by(first.key))).publish('anything') ?? '', /may not publish/);
    assert.deepEqual(counts(), { signedIn: 1, refused: 0, refusedIfAsked: 2, ended: 0 });
    assert.deepEqual(
      heard.map(({ code, admitted: letIn }) => [code, letIn]),
      ['no-credentials', 'wrong-credentials', 'unknown-node'].map((code) => [code, true]),
    );
  });

  it('nobody is let in whom the table does not know because it is away', async () => {
    const { access, table, counts, heard } = world();
    table.isAway = true;
    await assert.rejects(access(by(first.key)), /do not answer/);
    assert.deepEqual([counts().signedIn, heard.length], [0, 0]);
  });
});

describe('what is decided about a node that is connected', () => {
  const withoutFirst = { keys: { [second.keyId]: second.keyHash } };
  const ends: readonly (readonly [string, Credentials, Partial<AuthorizedNode> | undefined])[] = [
    ['its key is revoked', by(first.key), withoutFirst],
    ['it is disabled', by(first.key), { disabled: true }],
    ['it is removed', by(first.key), undefined],
    ['it gets another certificate', shown('a.site'), { certificate: 'new.site' }],
  ];
  for (const [what, how, change] of ends) {
    it(`ends its rights at once, and once, when ${what}`, async () => {
      const { admitted, counts, ...w } = world();
      const rights = await admitted(how);
      assert.equal(rights.ended?.aborted, false);
      await w.change(change);
      assert.equal(rights.ended?.aborted, true);
      await w.change(change);
      assert.deepEqual(counts(), { signedIn: 0, refused: 0, refusedIfAsked: 0, ended: 1 });
    });
  }

  it('leaves connections alone that signed in with what still holds', async () => {
    const { admitted, change, counts } = world();
    const [one, other] = [await admitted(by(second.key)), await admitted(shown('a.site'))];
    await change(withoutFirst);
    assert.deepEqual([one.ended?.aborted, other.ended?.aborted], [false, false]);
    one.released?.();
    assert.equal(counts().signedIn, 1);
  });

  it('changes what it may publish, without ending its connection', async () => {
    const { admitted, change } = world();
    const rights = await admitted(by(first.key));
    assert.deepEqual([rights.publish(humidity), rights.publish(light) === undefined], [undefined, false]);
    await change({ sensors: ['light_level'] });
    assert.deepEqual([rights.publish(humidity) === undefined, rights.publish(light)], [false, undefined]);
    assert.equal(rights.ended?.aborted, false);
  });

  it('holds for everybody when it is not known about whom it was', async () => {
    const { admitted, change, changed } = world();
    const rights = await admitted(by(first.key));
    await change({ disabled: true }, () => changed());
    assert.equal(rights.ended?.aborted, true);
  });

  it('is not lost when the table is away just then: it is asked for again', async () => {
    const { admitted, table, change, changed, timer } = world();
    const rights = await admitted(by(first.key));
    table.isAway = true;
    await assert.rejects(change({ disabled: true }), /do not answer/);
    assert.equal(rights.ended?.aborted, false);
    table.isAway = false;
    await timer.advance(1_000);
    await changed();
    assert.equal(rights.ended?.aborted, true);
  });

  it('counts when it is decided while the node is being looked up, and such a connection is not signed in yet', async () => {
    const { access, table, change, counts } = world();
    const looking = Promise.withResolvers<void>();
    table.answers = looking.promise;
    const admission = access(by(first.key));
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(table.reads, 1);
    assert.equal(counts().signedIn, 0);
    const heard = change(withoutFirst);
    looking.resolve();
    await heard;
    const { admitted } = await admission;
    assert.equal(admitted, false);
    assert.deepEqual(counts(), { signedIn: 0, refused: 1, refusedIfAsked: 0, ended: 0 });
  });
});

/** The table of nodes, with the node `a` in it, and what asks it. */
const world = ({ anonymous = false } = {}) => {
  const rows = new Map([['a', node]]);
  const table = { isAway: false, reads: 0, answers: Promise.resolve() };
  const nodes = async (ids: readonly string[]): Promise<readonly AuthorizedNode[]> => {
    table.reads += 1;
    const found = ids.flatMap((id) => rows.get(id) ?? []);
    await table.answers;
    if (table.isAway) throw new TransientFailure('away', 'it is away');
    return found;
  };
  const heard: RefusedClient[] = [];
  const timer = manualTimer();
  const guard = deviceAccess({
    ...{ reads: { nodes }, anonymous, logger: silentLogger, timer },
    onRefused: (refused) => heard.push(refused),
  });
  const { access, changed, counts } = guard;
  const admissionOf = async (asked: Credentials, admitted: boolean): Promise<Admission> => {
    const admission = await access(asked);
    assert.equal(admission.admitted, admitted, JSON.stringify(admission));
    return admission;
  };
  return {
    ...{ access, changed, counts, heard, table, timer },
    admitted: async (asked: Credentials): Promise<Rights> => {
      const admission = await admissionOf(asked, true);
      return admission.admitted ? admission.rights : assert.fail();
    },
    /** With what it heard. */
    refused: async (asked: Credentials): Promise<readonly [number, string]> => {
      const admission = await admissionOf(asked, false);
      return admission.admitted ? assert.fail() : [admission.reason, admission.why];
    },
    /** Something is decided about `a`; `undefined`: it is removed. */
    change: async (change: Partial<AuthorizedNode> | undefined, notify = () => changed('a')): Promise<void> => {
      if (change === undefined) rows.delete('a');
      else rows.set('a', { ...node, ...change });
      await notify();
    },
  };
};
