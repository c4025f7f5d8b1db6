import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Poison, Weather } from '@plenum/runtime';
import { translateError } from './translate-error.ts';

/** As node-postgres and node's sockets make them. */
const coded = (code: string, message = 'refused'): Error => Object.assign(new Error(message), { code });

const weather = {
  'the server is away': ['08000', '08001', '08003', '08006', '57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET'],
  'its disk is full, or fails to read or write': ['53100', '58000', '58030'],
  'it has no memory or connections left': ['53200', '53300'],
  'another transaction was in the way': ['40001', '40P01', '55P03'],
  'somebody or the clock ended the work': ['57014', '57P05', '25P03'],
  'it is a standby': ['25006'],
} as const;

const poison = ['22P05', '22P02', '22003', '23502', '23505', '23514', '54000', '54001'];

describe('what PostgreSQL refuses', () => {
  for (const [what, codes] of Object.entries(weather)) {
    it(`is weather when ${what}`, () => {
      for (const code of codes) {
        const translated = translateError(coded(code));
        assert.ok(translated instanceof Weather && translated.code === code, code);
      }
    });
  }

  it('is weather when the driver lost its connection, which has no code', () => {
    for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
      assert.ok(translateError(new Error(message)) instanceof Weather, message);
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
    const told = new Weather('53100', 'no space left');
    assert.equal(translateError(told), told);
  });
});
