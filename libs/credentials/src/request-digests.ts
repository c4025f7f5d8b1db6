/**
 * Fingerprints of requests, to recognise what is asked again. Under a key that is derived from the master key, so
 * that nobody who reads them can try what was asked. A request that holds a password is hashed as slowly as a password,
 * or its fingerprint would be the quicker way to guess it for somebody who has the master key too.
 */
import { createHash, createHmac, hkdfSync, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { TransientFailure, turns } from '@plenum/runtime';
import type { MasterKeys } from './hash-encryption.ts';

export type RequestDigests = {
  /**
   * 32 bytes under each master key that is known, the present one first. `name` is what the fingerprint is kept under: no
   * two names share one, whatever was asked.
   * @throws TransientFailure `passwords-busy` when too many of those with a secret wait.
   */
  digest(asked: RequestText): Promise<readonly Uint8Array[]>;
};

export type RequestText = { readonly name: string; readonly text: string; readonly holdsSecret: boolean };

export const requestDigests = ({ current, previous }: MasterKeys): RequestDigests => {
  const keys = [current, ...(previous === undefined ? [] : [previous])].map((master) =>
    Buffer.from(hkdfSync('sha256', master, '', 'plenum request fingerprint', 32)),
  );
  const inTurn = turns({ atATime: 1, waiting: { max: 64, refusal: busy } });
  const slowly = (name: string, text: string): Promise<Buffer> =>
    inTurn.run(() => derive(text, name, iterations, 32, 'sha256'));
  return {
    digest: async ({ name, text, holdsSecret }) => {
      const digest = holdsSecret ? await slowly(name, text) : createHash('sha256').update(text).digest();
      const under = (key: Buffer) => createHmac('sha256', key).update(name).update('\0').update(digest).digest();
      return keys.map((key) => new Uint8Array(under(key)));
    },
  };
};

const busy = (): TransientFailure => new TransientFailure('passwords-busy', 'too many requests with a password wait');

/** As passwords have it: what OWASP asks of PBKDF2-HMAC-SHA256 (2023). */
const iterations = 600_000;
const derive = promisify(pbkdf2);
