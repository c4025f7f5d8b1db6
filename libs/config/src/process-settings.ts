/** The settings of every process of Plenum: where it keeps things, and what it says. */
import { choice, text } from './kinds.ts';
import { type Kind, setting } from './setting.ts';

/** As libpq has it. The driver that SQLAlchemy writes behind the scheme says nothing to us and is dropped. */
const postgresUrl: Kind<string> = {
  expected: 'a URL that begins with postgres:// or postgresql://',
  parse: (written) => {
    const match = /^postgres(?:ql)?(?:\+[a-z0-9]+)?:\/\/(\S+)$/.exec(written.trim());
    return match === null ? undefined : `postgresql://${match[1]}`;
  },
  format: (value) => value,
};

/** Spread into an app's own settings, whole or by name. */
export const processSettings = {
  DATABASE_URL: setting(postgresUrl, {
    about: 'The PostgreSQL to use. Without it, Plenum runs one of its own under PLENUM_DATA_DIR.',
    example: 'postgresql://plenum:password@localhost:5432/plenum',
    secret: true,
    optional: true,
  }),
  PLENUM_DATA_DIR: text({
    about: 'Where the PostgreSQL that Plenum runs by itself keeps its data; made when missing.',
    fallback: '.plenum',
  }),
  LOG: choice(['postgres', 'kafka'], {
    about: 'What keeps the event log: the database, or the Kafka cluster of KAFKA_BROKERS.',
    fallback: 'postgres',
  }),
  LOG_LEVEL: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
    about: 'The least severe messages that are printed.',
    fallback: 'info',
  }),
};
