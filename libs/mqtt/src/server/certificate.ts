/** The certificate that a client showed in its TLS handshake. */
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from './access.ts';

/** `undefined` where there is no TLS, or no certificate was shown or required. */
export const certificateOf = (socket: Duplex): ClientCertificate | undefined => {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subject, fingerprint256 } = socket.getPeerCertificate();
  if (fingerprint256 === undefined) return undefined;
  const commonName = subject?.CN;
  return { commonName: Array.isArray(commonName) ? commonName[0] : commonName, fingerprint: fingerprint256 };
};
