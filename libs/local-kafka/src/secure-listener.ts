/**
 * A second listener with TLS and SASL, so that the settings of clients of a guarded cluster can be tried against a real
 * one: a certificate for 127.0.0.1 made on the spot, one user, PLAIN and both SCRAMs.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Credentials = { readonly username: string; readonly password: string };

export type Secured = {
  readonly credentials: Credentials;
  /** The certificate that a client has to trust, as PEM. */
  readonly ca: string;
  readonly brokerLines: Readonly<Record<string, string>>;
  /** For `kafka-storage format`: SCRAM users live in the cluster's metadata from its first moment on. */
  readonly formatArgs: readonly string[];
};

const storePassword = 'local-only';

/** @param java whose `keytool` stands beside it. */
export const secureListener = async (java: string, directory: string, credentials: Credentials): Promise<Secured> => {
  const keytool = path.isAbsolute(java) ? path.join(path.dirname(java), 'keytool') : 'keytool';
  const store = path.join(directory, 'broker.p12');
  const certificate = path.join(directory, 'broker.pem');
  await mkdir(directory, { recursive: true });
  await rm(store, { force: true });
  const common = ['-alias', 'broker', '-keystore', store, '-storepass', storePassword];
  const name = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1', '-validity', '3650'];
  await run(keytool, [
    '-genkeypair',
    '-keyalg',
    'EC',
    '-groupname',
    'secp256r1',
    '-storetype',
    'PKCS12',
    ...name,
    ...common,
  ]);
  await run(keytool, ['-exportcert', '-rfc', '-file', certificate, ...common]);
  const { username, password } = credentials;
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${username}="${password}";`;
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  return {
    credentials,
    ca: await readFile(certificate, 'utf8'),
    brokerLines: {
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.secured.plain.sasl.jaas.config': plain,
      'listener.name.secured.scram-sha-256.sasl.jaas.config': scram,
      'listener.name.secured.scram-sha-512.sasl.jaas.config': scram,
      'listener.name.secured.ssl.keystore.type': 'PKCS12',
      'listener.name.secured.ssl.keystore.location': store,
      'listener.name.secured.ssl.keystore.password': storePassword,
      'listener.name.secured.ssl.key.password': storePassword,
    },
    formatArgs: ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${username},password=${password}]`,
    ]),
  };
};
