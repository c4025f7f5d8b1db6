/** The one command as a process of its own, on free ports and in a folder that is the test's. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';

export const plenumMain = path.join(import.meta.dirname, '../main.ts');

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type Place = Readonly<Record<string, string>> & { readonly PLENUM_DATA_DIR: string };

/** Nothing that this machine happens to have set decides what the process does. */
const unset = {
  ...{
    DATABASE_URL: '',
    LOG_LEVEL: '',
    LOG: '',
    MQTT_MODE: '',
    KAFKA_BROKERS: '',
    SCHEMA_REGISTRY_URL: '',
    MQTT_URL: '',
  },
  ...{ JWT_SECRET: '', PLENUM_MASTER_KEY: '', JWT_SECRET_PREVIOUS: '', PLENUM_MASTER_KEY_PREVIOUS: '' },
  ...{ JWT_AUDIENCE: '', OIDC_ISSUER: '', ZITADEL_DOMAIN: '', ZITADEL_CLIENT_ID: '', ZITADEL_PROJECT_ID: '' },
  ...{ PORT: '0', MQTT_PORT: '0', MQTT_WS_PORT: '0' },
};

export const plenumEnvironment = (place: Place): NodeJS.ProcessEnv => ({ ...process.env, ...unset, ...place });

/** Settles when it has ended. */
export const runPlenum = (place: Place, words: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [plenumMain, ...words], { env: plenumEnvironment(place) }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr });
    });
  });

/** The JSON object that a command ends with. */
export const lastLine = ({ stdout }: Pick<Ended, 'stdout'>): Readonly<Record<string, unknown>> =>
  // A command with --json ends so.
  JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Readonly<Record<string, unknown>>;

/** Small enough for a test, and with some of everything: 1 in 100 malformed, 2 in 100 sent again. */
export const smallDemo = [
  ...(['demo', '--once', '--json', '--messages', '1000', '--nodes', '10', '--commands', '100'] as const),
] as const;

type Projected = Readonly<Record<'read' | 'applied' | 'duplicates' | 'not_for_it' | 'parked', number>> & {
  readonly projection: string;
};

/** Plenum's own, without those that somebody who follows a how-to page has added. */
const shipped: ReadonlySet<string> = new Set(['readings', 'nodes']);

/**
 * What a demonstration came to, but for its seconds and its files, with the totals of the projections that Plenum is shipped with.
 * @throws when a projection does not balance, or the totals are not those of all of them.
 */
export const outcomeOf = (ended: Pick<Ended, 'stdout'>): Readonly<Record<string, unknown>> => {
  const { seconds, projections, exports, commands, ...outcome } = lastLine(ended);
  assert.ok(Number(seconds) > 0);
  commandsHold(commands as Commanded); // As the demonstration declares it.
  const files = exports as readonly { readonly kind: string; readonly format: string; readonly sha256: string }[]; // Likewise.
  assert.deepEqual(
    files.map(({ kind, format }) => `${kind}.${format}`),
    [...['dxf', 'svg', 'pdf', 'txt', 'json'].map((format) => `ceiling.${format}`), 'readings.csv', 'readings.parquet'],
  );
  assert.ok(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256)));
  const all = projections as readonly Projected[]; // As the demonstration declares it.
  for (const { projection, read, applied, duplicates, not_for_it, parked } of all) {
    assert.equal(read, applied + duplicates + not_for_it + parked, projection);
  }
  const totals = (of: readonly Projected[]) => {
    const total = (count: 'applied' | 'duplicates' | 'parked') => of.reduce((sum, one) => sum + one[count], 0);
    return { applied: total('applied'), duplicates: total('duplicates'), parked: total('parked') };
  };
  assert.partialDeepStrictEqual(outcome, totals(all));
  return { ...outcome, ...totals(all.filter(({ projection }) => shipped.has(projection))) };
};

type Commanded = Readonly<Record<'requested' | 'open' | 'executed' | 'answers', number>> & {
  readonly states: Readonly<Record<string, number>>;
};

/** How many end in which state depends on how fast the machine is. @throws when they do not add up. */
const commandsHold = ({ requested, states, open, executed, answers }: Commanded): void => {
  const { succeeded = 0, failed = 0, unanswered = 0, expired = 0, cancelled = 0 } = states;
  assert.equal(open, 0);
  assert.equal(requested, succeeded + failed + unanswered + expired + cancelled);
  assert.ok(requested > 0 && succeeded > 0 && unanswered + expired > 0, JSON.stringify(states));
  assert.ok(executed >= succeeded && executed <= succeeded + failed + unanswered, String(executed));
  assert.ok(answers >= succeeded, String(answers));
};

/** What a small demonstration on `log` comes to, but for its seconds. */
export const smallOutcome = (log: string): object => ({
  log,
  ...{ published: 1_000, acknowledged: 1_000, received: 1_000, appended: 990, quarantined: 10 },
  ...{ applied: 970, duplicates: 20, parked: 0, lost: 0, verified: true },
});
