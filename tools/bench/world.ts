/** What measurements stand on, started when it is first needed and stopped at the end. */
import path from 'node:path';
import { type KafkaBroker, type KafkaUse, startKafkaBroker } from './machine/kafka-broker.ts';
import { type Member, type MemberSettings, startMember } from './machine/member.ts';
import { type Mosquitto, startMosquitto } from './machine/mosquitto.ts';
import { type PostgresServer, startPostgresServer } from './machine/postgres-server.ts';
import { type Program, type ProgramSettings, startProgram } from './machine/program.ts';

export type World = {
  readonly cacheDirectory: string;
  postgres(): Promise<PostgresServer>;
  kafka(use: KafkaUse): Promise<KafkaBroker>;
  mosquitto(): Promise<Mosquitto>;
  /** A broker of one run, with nothing in it; it is stopped by who asked for it or, if it was forgotten, at the end. */
  kafkaOfOne(): Promise<KafkaBroker>;
  /** The same of Mosquitto. */
  mosquittoOfOne(): Promise<Mosquitto>;
  /** A process that lives until the end: load generators, which take long to prepare. `made` runs once. */
  lasting(settings: MemberSettings, made: (member: Member) => Promise<void>): Promise<Member>;
  /** A process of one run; it is stopped with `stop` or, if it was forgotten, at the end. */
  member(settings: Omit<MemberSettings, 'profileDirectory'>): Promise<Member>;
  /** The same for one that is not measured, and so never profiled. */
  tool(settings: Omit<MemberSettings, 'profileDirectory'>): Promise<Member>;
  /** A program of Plenum, as it is really started. It is stopped with `stop` or, if it was forgotten, at the end. */
  program(settings: Omit<ProgramSettings, 'profileDirectory' | 'logDirectory'>): Program;
  /** Is done at the end, also when a user stops it half-way. It may have been done before. */
  atEnd(undo: () => Promise<void>): void;
  /** Says how it is going. */
  tell(line: string): void;
  close(): Promise<void>;
};

export type WorldSettings = {
  readonly root: string;
  readonly profileDirectory: string | undefined;
  readonly tell: (line: string) => void;
};

export const newWorld = ({ root, profileDirectory, tell }: WorldSettings): World => {
  const cacheDirectory = path.join(root, '.cache', 'bench');
  const opened = new AsyncDisposableStack();
  const lasting = new Map<string, Promise<Member>>();
  const brokers = new Map<KafkaUse, Promise<KafkaBroker>>();
  let mosquitto: Promise<Mosquitto> | undefined;
  let server: Promise<PostgresServer> | undefined;

  const startServer = async (): Promise<PostgresServer> => {
    const started = await startPostgresServer(cacheDirectory);
    opened.defer(started.stop);
    return started;
  };
  const startBroker = async (use: KafkaUse): Promise<KafkaBroker> => {
    const started = await startKafkaBroker(cacheDirectory, use);
    opened.defer(started.stop);
    return started;
  };
  const startBrokerOfOthers = async (): Promise<Mosquitto> => {
    const started = await startMosquitto();
    opened.defer(started.stop);
    return started;
  };
  const startOne = async (settings: MemberSettings): Promise<Member> => {
    const member = await startMember(settings);
    opened.defer(member.stop);
    return member;
  };
  const startLasting = async (settings: MemberSettings, made: (member: Member) => Promise<void>): Promise<Member> => {
    const member = await startOne(settings);
    await made(member);
    return member;
  };
  return {
    cacheDirectory,
    postgres: () => (server ??= startServer()),
    lasting: (settings, made) => lasting.getOrInsertComputed(settings.name, () => startLasting(settings, made)),
    kafka: (use) => brokers.getOrInsertComputed(use, startBroker),
    mosquitto: () => (mosquitto ??= startBrokerOfOthers()),
    kafkaOfOne: () => startBroker('of-one'),
    mosquittoOfOne: startBrokerOfOthers,
    program: (settings) => {
      const program = startProgram({ ...settings, profileDirectory, logDirectory: path.join(cacheDirectory, 'said') });
      opened.defer(program.stop);
      return program;
    },
    member: (settings) => startOne({ ...settings, profileDirectory }),
    tool: startOne,
    atEnd: (undo) => opened.defer(undo),
    tell,
    close: () => opened.disposeAsync(),
  };
};
