import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Poison, TransientFailure } from '@plenum/runtime';
import { translateError } from './translate-error.ts';

/** As node-postgres and node's sockets make them. */
const coded = (code: string, message = 'refused'): Error => Object.assign(new Error(message), { code });

const transient = {
  'the server is away': ['08000', '08001', '08003', '08006', '57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET'],
  'its disk is full, or fails to read or write': ['53100', '58000', '58030'],
  'it has no memory or connections left': ['53200', '53300'],
  'another transaction was in the way': ['40001', '40P01', '55P03'],
  'somebody or the clock ended the work': ['57014', '57P05', '25P03'],
  'it is a standby': ['25006'],
} as const;

const poison = ['22P05', '22P02', '22003', '23502', '23505', '23514', '54000', '54001'];

describe('what PostgreSQL refuses', () => {
  for (const [what, codes] of Object.entries(transient)) {
    it(`is a transient failure when ${what}`, () => {
      for (const code of codes) {
        const translated = translateError(coded(code));
        assert.ok(translated instanceof TransientFailure && translated.code === code, code);
      }
    });
  }

  it('is a transient failure when the driver lost its connection, which has no code', () => {
    for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
      assert.ok(translateError(new Error(message)) instanceof TransientFailure, message);
    }
  });

  it('is poison when it is the data', () => {
    for (const code of poison) {
      const error = coded(code);
      const translated = translateError(error);
      assert.ok(translated instanceof Poison && translated.code === code, code);
      assert.equal(translated.cause, error);
    }
  });

  it('is a bug otherwise, and comes back as it is', () => {
    for (const error of [coded('42P01'), coded('XX000'), coded('22'), new Error('no code at all')]) {
      assert.equal(translateError(error), error);
    }
  });

  it('is translated once', () => {
    const told = new TransientFailure('53100', 'no space left');
    assert.equal(translateError(told), told);
  });
});
