import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeSettings } from './describe-settings.ts';
import { bool, choice, durationMs, int, list, port, sizeBytes, text, url } from './kinds.ts';
import { processSettings } from './process-settings.ts';
import { type Config, ConfigError, type Environment, readConfig, type Settings } from './read-config.ts';

describe('readConfig', () => {
  it('names every missing and malformed setting in one throw', () => {
    const settings = {
      BROKERS: list({ about: 'Where the brokers are.', example: 'one:9092,two:9092' }),
      PORT: port({ about: 'Where to listen.', fallback: 8080 }),
      MODE: choice(['fast', 'safe'], { about: 'How to run.' }),
      FINE: int({ about: 'A number.' }),
    };
    const { problems, exitCode, message } = complaints(settings, { PORT: '99999', MODE: 'loud', FINE: '1' });
    assert.deepEqual(problems, [
      {
        name: 'BROKERS',
        problem: 'is missing: Where the brokers are. Expected a list with commas, such as one:9092,two:9092.',
      },
      { name: 'PORT', problem: 'must be a port from 0 to 65535, and is "99999".' },
      { name: 'MODE', problem: 'must be one of fast, safe, and is "loud".' },
    ]);
    assert.equal(exitCode, 78);
    assert.match(message, /^3 settings are wrong:\n {2}BROKERS .*\n {2}PORT .*\n {2}MODE .*$/);
  });

  it('gives every setting the type it was declared with', () => {
    const settings = {
      REQUIRED: int({ about: 'Has to be set.' }),
      OPTIONAL: int({ about: 'May be left out.', optional: true }),
      FALLBACK: choice(['fast', 'safe'], { about: 'Has one.', fallback: 'safe' }),
    };
    const config: Config<typeof settings> = readConfig(settings, { REQUIRED: '3' });
    // Each assignment fails the type check when the inferred type is wider or narrower than this.
    const typed: {
      readonly REQUIRED: number;
      readonly OPTIONAL: number | undefined;
      readonly FALLBACK: 'fast' | 'safe';
    } = config;
    // @ts-expect-error An optional setting may be undefined.
    const narrowed: number = config.OPTIONAL;
    assert.deepEqual(typed, { REQUIRED: 3, OPTIONAL: undefined, FALLBACK: 'safe' });
    assert.equal(narrowed, undefined);
  });

  it('takes an empty value for an unset one', () => {
    const settings = {
      NAME: text({ about: 'A name.', fallback: 'plenum' }),
      ID: text({ about: 'An id.', optional: true }),
    };
    assert.deepEqual(readConfig(settings, { NAME: '', ID: '' }), { NAME: 'plenum', ID: undefined });
    assert.equal(complaints({ NAME: text({ about: 'A name.' }) }, { NAME: '' }).problems.length, 1);
  });

  it('complains about exactly the settings that are wrong, whichever they are', () => {
    const condition = fc.constantFrom('right', 'malformed', 'missing');
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 20 }), (conditions) => {
        const names = conditions.map((_, index) => `SETTING_${index}`);
        const settings = Object.fromEntries(names.map((name) => [name, int({ about: 'A number.' })]));
        const written = { right: '42', malformed: 'x42', missing: undefined };
        const environment = Object.fromEntries(conditions.map((state, index) => [`SETTING_${index}`, written[state]]));
        const wrong = names.filter((_, index) => conditions[index] !== 'right');
        if (wrong.length === 0) assert.doesNotThrow(() => readConfig(settings, environment));
        else
          assert.deepEqual(
            complaints(settings, environment).problems.map(({ name }) => name),
            wrong,
          );
      }),
    );
  });

  it('never prints a secret', () => {
    const settings = {
      KEY: int({ about: 'A key.', secret: true }),
      DATABASE_URL: processSettings.DATABASE_URL,
    };
    const secret = fc.stringMatching(/^[a-z]{12}$/);
    fc.assert(
      fc.property(secret, secret, (key, password) => {
        const { message } = complaints(settings, { KEY: key, DATABASE_URL: `mysql://me:${password}@db/x` });
        assert.ok(!message.includes(key) && !message.includes(password), message);
      }),
    );
  });

  it('cuts a long value short in its complaint', () => {
    const { message } = complaints({ PORT: port({ about: 'A port.' }) }, { PORT: 'x'.repeat(10_000) });
    assert.ok(message.length < 300);
  });
});

describe('kinds', () => {
  it('reads back every whole number inside the bounds and refuses the others', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (value, bound, other) => {
        const [min, max] = [Math.min(bound, other), Math.max(bound, other)];
        const settings = { N: int({ about: 'A number.', min, max }) };
        const environment = { N: ` ${value} ` };
        if (value >= min && value <= max) assert.equal(readConfig(settings, environment).N, value);
        else assert.equal(complaints(settings, environment).problems.length, 1);
      }),
    );
  });

  it('refuses what only begins like a number', () => {
    for (const N of ['1e3', '0x10', '1.5', '12abc', '--1', 'NaN', 'Infinity', ' ', '99999999999999999999']) {
      assert.equal(complaints({ N: int({ about: 'A number.' }) }, { N }).problems.length, 1, N);
    }
  });

  it('reads durations and sizes with and without a unit', () => {
    const settings = { WAIT: durationMs({ about: 'A wait.' }), SIZE: sizeBytes({ about: 'A size.' }) };
    assert.deepEqual(readConfig(settings, { WAIT: '250', SIZE: '1024' }), { WAIT: 250, SIZE: 1024 });
    assert.deepEqual(readConfig(settings, { WAIT: '5s', SIZE: '256 KiB' }), { WAIT: 5000, SIZE: 262_144 });
    assert.deepEqual(readConfig(settings, { WAIT: '2M', SIZE: '1gib' }), { WAIT: 120_000, SIZE: 1_073_741_824 });
    assert.equal(complaints(settings, { WAIT: '5 parsecs', SIZE: '1 KB' }).problems.length, 2);
    assert.equal(complaints(settings, { WAIT: 'constructor', SIZE: '1constructor' }).problems.length, 2);
    assert.equal(complaints(settings, { WAIT: '-5s', SIZE: '-1' }).problems.length, 2);
  });

  it('reads booleans and choices in any case', () => {
    const settings = { ON: bool({ about: 'A switch.' }), MODE: choice(['fast', 'Safe'], { about: 'A mode.' }) };
    assert.deepEqual(readConfig(settings, { ON: 'TRUE', MODE: 'FAST' }), { ON: true, MODE: 'fast' });
    assert.deepEqual(readConfig(settings, { ON: 'off', MODE: 'safe' }), { ON: false, MODE: 'Safe' });
    assert.equal(complaints(settings, { ON: 'maybe', MODE: 'toString' }).problems.length, 2);
    assert.equal(complaints(settings, { ON: 'constructor', MODE: 'fast' }).problems.length, 1);
  });

  it('reads back every list of parts', () => {
    const part = fc.stringMatching(/^[a-z0-9:.-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 1 }), (parts) => {
        const settings = { PARTS: list({ about: 'Parts.' }) };
        assert.deepEqual(readConfig(settings, { PARTS: parts.join(' , ') }).PARTS, parts);
      }),
    );
    assert.equal(complaints({ PARTS: list({ about: 'Parts.' }) }, { PARTS: ' , ' }).problems.length, 1);
  });

  it('holds a URL to its schemes', () => {
    const settings = { AT: url({ about: 'A place.', schemes: ['mqtt', 'mqtts'] }) };
    assert.equal(readConfig(settings, { AT: 'mqtt://broker:1883' }).AT, 'mqtt://broker:1883');
    assert.match(complaints(settings, { AT: 'http://broker' }).message, /mqtt:\/\/ or mqtts:\/\//);
    assert.equal(complaints(settings, { AT: 'broker' }).problems.length, 1);
  });

  it('refuses a declaration that contradicts itself', () => {
    assert.throws(() => int({ about: 'A number.', fallback: 11, max: 10 }), /expects a whole number, 10 or less/);
    assert.throws(() => choice(['a'], { about: 'A word.', example: 'b' }), /expects one of a/);
    assert.throws(() => int({ about: 'A number.', fallback: 1, optional: true }), /optional and has a fallback/);
  });
});

describe('process settings', () => {
  it('need nothing', () => {
    assert.deepEqual(readConfig(processSettings, {}), {
      DATABASE_URL: undefined,
      PLENUM_DATA_DIR: '.plenum',
      LOG: 'postgres',
      LOG_LEVEL: 'info',
    });
  });

  it('take a database as libpq and as SQLAlchemy write it', () => {
    const read = (DATABASE_URL: string): string | undefined =>
      readConfig(processSettings, { DATABASE_URL }).DATABASE_URL;
    assert.equal(read('postgresql+asyncpg://me:p%40ss@db:5432/site?x=1'), 'postgresql://me:p%40ss@db:5432/site?x=1');
    assert.equal(read('postgres://me@/site?host=/run/postgresql'), 'postgresql://me@/site?host=/run/postgresql');
    assert.equal(complaints(processSettings, { DATABASE_URL: 'postgresql:db' }).problems.length, 1);
  });
});

it('describes settings as they would be written', () => {
  assert.deepEqual(describeSettings({ WAIT_MS: durationMs({ about: 'A wait.', fallback: 5000, example: '5s' }) }), [
    {
      name: 'WAIT_MS',
      about: 'A wait.',
      expected: 'a duration such as 250ms or 5s',
      example: '5s',
      secret: false,
      required: false,
      fallback: '5000',
    },
  ]);
});

const complaints = (settings: Settings, environment: Environment): ConfigError => {
  try {
    readConfig(settings, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return assert.fail('nothing was complained about');
};
