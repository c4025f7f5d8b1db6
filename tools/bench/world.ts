/** What measurements stand on, started when it is first needed and stopped at the end. */
import path from 'node:path';
import { type Member, type MemberSettings, startMember } from './machine/member.ts';
import { type PostgresServer, startPostgresServer } from './machine/postgres-server.ts';

export type World = {
  readonly cacheDirectory: string;
  postgres(): Promise<PostgresServer>;
  /** A process that lives until the end: load generators, which take long to prepare. `made` runs once. */
  lasting(settings: MemberSettings, made: (member: Member) => Promise<void>): Promise<Member>;
  /** A process of one run; it is stopped with `stop` or, if it was forgotten, at the end. */
  member(settings: Omit<MemberSettings, 'profileDirectory'>): Promise<Member>;
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
  let server: Promise<PostgresServer> | undefined;

  const startServer = async (): Promise<PostgresServer> => {
    const started = await startPostgresServer(cacheDirectory);
    opened.defer(started.stop);
    return started;
  };
  const startLasting = async (settings: MemberSettings, made: (member: Member) => Promise<void>): Promise<Member> => {
    const member = await startMember(settings);
    opened.defer(member.stop);
    await made(member);
    return member;
  };
  return {
    cacheDirectory,
    postgres: () => (server ??= startServer()),
    lasting: (settings, made) => lasting.getOrInsertComputed(settings.name, () => startLasting(settings, made)),
    member: async (settings) => {
      const member = await startMember({ ...settings, profileDirectory });
      opened.defer(member.stop);
      return member;
    },
    tell,
    close: () => opened.disposeAsync(),
  };
};
