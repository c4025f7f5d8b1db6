import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuthorizedNode } from './reads.ts';
import { type SignIn, signIn, stillHolds } from './sign-in.ts';

const node: AuthorizedNode = {
  ...{ node_id: 'a', sensors: [], keys: { k1: 'hash 1', k2: 'hash 2' } },
  ...{ certificate: 'a.site', disabled: false },
};
const nobody: SignIn = { clientId: 'a', nodeId: 'a', keyHash: undefined, certificate: undefined };
const equal = (one: string, other: string): boolean => one === other;

describe('a node signs in', () => {
  const outcome = (asked: Partial<SignIn>, of: AuthorizedNode | undefined = node) => {
    const said = signIn({ ...nobody, ...asked }, of, equal);
    return said.outcome === 'signed-in' ? said.proof : said.code;
  };

  it('with either of its keys, or its certificate', () => {
    assert.deepEqual(outcome({ keyHash: 'hash 1' }), { by: 'key', keyId: 'k1' });
    assert.deepEqual(outcome({ keyHash: 'hash 2' }), { by: 'key', keyId: 'k2' });
    assert.deepEqual(outcome({ certificate: 'a.site' }), { by: 'certificate', subject: 'a.site' });
    assert.deepEqual(outcome({ certificate: 'b.site', keyHash: 'hash 1' }), { by: 'key', keyId: 'k1' });
  });

  it('with nothing else', () => {
    assert.equal(outcome({}), 'wrong-credentials');
    assert.equal(outcome({ keyHash: 'hash 3' }), 'wrong-credentials');
    assert.equal(outcome({ certificate: 'b.site' }), 'wrong-credentials');
    assert.equal(outcome({ keyHash: 'hash 1' }, { ...node, keys: {} }), 'wrong-credentials');
    assert.equal(signIn({ ...nobody, keyHash: 'hash 1' }, undefined, equal).outcome, 'refused');
  });

  it('with the one key that its user name says', () => {
    assert.deepEqual(outcome({ keyId: 'k2', keyHash: 'hash 2' }), { by: 'key', keyId: 'k2' });
    assert.equal(outcome({ keyId: 'k2', keyHash: 'hash 1' }), 'wrong-credentials');
    assert.equal(outcome({ keyId: 'k3', keyHash: 'hash 1' }), 'wrong-credentials');
    assert.equal(outcome({ keyId: 'k1', certificate: 'a.site' }), 'wrong-credentials');
  });

  it('under its own client id, while it is not disabled', () => {
    assert.equal(outcome({ keyHash: 'hash 1', clientId: 'b' }), 'other-client-id');
    assert.equal(outcome({ keyHash: 'hash 1' }, { ...node, disabled: true }), 'disabled');
    assert.equal(
      outcome({ keyHash: 'hash 3' }, { ...node, disabled: true }),
      'wrong-credentials',
      'strangers hear nothing of it',
    );
  });

  it('without a certificate that it has not', () => {
    assert.equal(outcome({ certificate: undefined }, { ...node, certificate: null }), 'wrong-credentials');
  });
});

it('what a node signed in with holds until it is gone, or the node is disabled or removed', () => {
  const proofs = [{ by: 'key', keyId: 'k1' } as const, { by: 'certificate', subject: 'a.site' } as const];
  for (const proof of proofs) {
    assert.equal(stillHolds(proof, node), true);
    assert.equal(stillHolds(proof, { ...node, disabled: true }), false);
    assert.equal(stillHolds(proof, undefined), false);
    assert.equal(stillHolds(proof, { ...node, keys: { k2: 'hash 2' }, certificate: 'other' }), false);
  }
});
