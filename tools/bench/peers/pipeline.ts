/** What stands between devices and tables in PostgreSQL: Plenum, or what one would pick instead. */
import type { World } from '../world.ts';
import { type Program, type ProgramSettings, startProgram } from './program.ts';

/** Where a pipeline reads and writes in one run. */
export type Place = {
  readonly databaseUrl: string;
  /** Of Mosquitto, or of the pipeline itself where devices connect to it. */
  readonly mqttPort: number;
  readonly clientId: string;
  /** Its own, for what it keeps and says. */
  readonly directory: string;
};

export type Pipeline = {
  readonly name: string;
  /** Products and their versions. */
  readonly versions: () => Promise<string>;
  /** How it is set up, and the file that says so. */
  readonly about: string;
  /** What has happened to a message when its publisher has a PUBACK, and what a crash of it may do to that. */
  readonly promise: string;
  readonly tables: string;
  /** Devices publish to it, without a broker in between. */
  readonly listens: boolean;
  /** Its readings: a relation with `sensor_id`, `time` and `value`, as SQL. */
  readonly readings: string;
  /** Each counts what another of its tables has of every reading, and has to come to as many. */
  readonly alsoCount: readonly string[];
  /** Messages of a flood. What inserts rows one by one gets fewer. */
  readonly floodMessages: number;
  /** Only floods and kills: it makes everything else wait by its settings. */
  readonly floodOnly?: true;
  /** Gets what it needs, once. @throws Missing where that cannot be had. */
  prepare(world: World): Promise<(place: Place) => Promise<readonly ProgramSettings[]>>;
};

export type Running = {
  readonly programs: readonly Program[];
  /** Rejects when a program of it ends by itself. */
  readonly ended: Promise<never>;
  /** SIGKILL to all of it. */
  kill(): Promise<void>;
};

export const startPipeline = (settings: readonly ProgramSettings[]): Running => {
  const programs = settings.map(startProgram);
  const ended = Promise.race(programs.map((one) => one.ended));
  ended.catch(() => undefined); // A caller that waits for it hears of it.
  return {
    programs,
    ended,
    kill: async () => {
      await Promise.all(programs.map(({ kill }) => kill()));
    },
  };
};
