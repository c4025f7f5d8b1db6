/** Names of the streams that decisions about access are kept in; they are the keys of their facts as well. */
import type { Digest } from '@plenum/event';

export const userStream = (userId: string): string => `user-${userId}`;
export const loginStream = (loginHash: string): string => `login-${loginHash}`;
export const keyStream = (keyId: string): string => `key-${keyId}`;
export const sessionStream = (tokenId: string): string => `session-${tokenId}`;
export const verifierStream = (subject: string): string => `verifier-${subject}`;

/**
 * Logins that differ in upper and lower case only are one. They are ASCII, and only ASCII letters are changed: in all of
 * Unicode the Kelvin sign has the lower case `k`, and would be counted as somebody else's failure.
 */
export const plainLogin = (login: string): string => login.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const encoder = new TextEncoder();

/** The 32 hexadecimal digits that stand for a login where the login itself should not: in stream names and counters. */
export const loginHash = (sha256: Digest, login: string): string =>
  sha256(encoder.encode(plainLogin(login)))
    .subarray(0, 16)
    .toHex();
