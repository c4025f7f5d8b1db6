/** From settings to a connection with Kafka, or to every complaint about them at once. */
import { readFile } from 'node:fs/promises';
import { ConfigError, type Problem } from '@plenum/config';
import type { Connection } from '@plenum/kafka';
import type { AssemblyConfig } from './settings.ts';

/** @throws {ConfigError} when the settings do not fit together, or name files that cannot be read. */
export const kafkaConnection = async (
  config: AssemblyConfig,
  clientId: string,
): Promise<Omit<Connection, 'logger'>> => {
  const problems = problemsOf(config);
  if (problems.length > 0) throw new ConfigError(problems);
  const ssl = await sslOf(config);
  return {
    brokers: config.KAFKA_BROKERS ?? [],
    clientId: clientId.replaceAll(' ', '-'),
    ...(ssl !== undefined && { ssl }),
    ...(config.KAFKA_SASL_MECHANISM !== undefined && { sasl: saslOf(config, config.KAFKA_SASL_MECHANISM) }),
  };
};

const problemsOf = (config: AssemblyConfig): readonly Problem[] => {
  const given = (name: keyof AssemblyConfig): boolean => config[name] !== undefined;
  const problems: Problem[] = [];
  if (!given('KAFKA_BROKERS')) problems.push({ name: 'KAFKA_BROKERS', problem: 'is missing: LOG=kafka needs it.' });
  if (given('KAFKA_SSL_CERT') !== given('KAFKA_SSL_KEY')) {
    const name = given('KAFKA_SSL_CERT') ? 'KAFKA_SSL_KEY' : 'KAFKA_SSL_CERT';
    problems.push({ name, problem: 'is missing: a certificate and its key are only of use together.' });
  }
  for (const name of ['KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'] as const) {
    if (given(name) && !config.KAFKA_SSL) problems.push({ name, problem: 'is of no use without KAFKA_SSL=true.' });
  }
  const sasl = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const;
  if (sasl.some(given)) {
    const missing = sasl.filter((name) => !given(name));
    problems.push(...missing.map((name) => ({ name, problem: `is missing: it goes with ${othersOf(sasl, name)}.` })));
  }
  return problems;
};

const othersOf = (names: readonly string[], name: string): string =>
  names.filter((other) => other !== name).join(' and ');

const sslOf = async (config: AssemblyConfig): Promise<Connection['ssl']> => {
  if (!config.KAFKA_SSL) return undefined;
  const { KAFKA_SSL_CA: ca, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key } = config;
  return {
    ...(ca !== undefined && { ca: await pem('KAFKA_SSL_CA', ca) }),
    ...(cert !== undefined && { cert: await pem('KAFKA_SSL_CERT', cert) }),
    ...(key !== undefined && { key: await pem('KAFKA_SSL_KEY', key) }),
  };
};

const pem = async (name: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ name, problem: `names a file that cannot be read: ${reason}` }]);
  }
};

type Mechanism = NonNullable<AssemblyConfig['KAFKA_SASL_MECHANISM']>;

const saslOf = (config: AssemblyConfig, mechanism: Mechanism): NonNullable<Connection['sasl']> => {
  const { KAFKA_SASL_USERNAME: username = '', KAFKA_SASL_PASSWORD: password = '' } = config;
  // One by one, because kafkajs has a type for each mechanism.
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};
