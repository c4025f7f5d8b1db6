/** Names of the streams that decisions about access are kept in; they are the keys of their events as well. */
import { type Digest, streamOf } from '@plenum/event';

export const streamKinds = {
  user: 'user',
  key: 'key',
  session: 'session',
  credentialHash: 'credential',
  organisation: 'organisation',
} as const;

export const userStream = (userId: string): string => streamOf(streamKinds.user, userId);
export const keyStream = (keyId: string): string => streamOf(streamKinds.key, keyId);
export const sessionStream = (tokenId: string): string => streamOf(streamKinds.session, tokenId);
export const credentialStream = (subject: string): string => streamOf(streamKinds.credentialHash, subject);
export const organisationStream = (id: string): string => streamOf(streamKinds.organisation, id);

/**
 * Logins that differ in upper and lower case only are one. They are ASCII, and only ASCII letters are changed: in all of
 * Unicode the Kelvin sign has the lower case `k`, and would be counted as somebody else's failure.
 */
export const plainLogin = (login: string): string => login.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const encoder = new TextEncoder();

/** The 32 hexadecimal digits that stand for a login where the login itself should not: in what is counted about it. */
export const loginHash = (sha256: Digest, login: string): string =>
  sha256(encoder.encode(plainLogin(login))).slice(0, 32);
