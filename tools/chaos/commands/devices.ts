/** The processes that are the devices of a chaos run: programs of Python, started again whenever they die. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Program, runProgram } from '../site/program.ts';
import type { Site } from '../site/site.ts';
import type { EnrolledNode } from './enrol-nodes.ts';

export type CommandDevices = {
  /** Those that connect. */
  readonly nodeIds: readonly string[];
  /** Where each node writes down what it does. */
  readonly directory: string;
  readonly programs: readonly Program[];
  /** Everybody connects and stays. */
  settleDown(): Promise<void>;
  stop(): Promise<void>;
};

const program = path.join(import.meta.dirname, 'devices.py');
const nodesTogether = 4;

export const startDevices = async (
  site: Pick<Site, 'replicas' | 'deviceWire' | 'logs'>,
  nodes: readonly EnrolledNode[],
  python: string,
): Promise<CommandDevices> => {
  const directory = path.join(site.logs, 'devices');
  await mkdir(directory, { recursive: true });
  const { replicas, deviceWire } = site;
  const ports = replicas.length > 0 ? replicas.map(({ wire }) => wire.port) : [deviceWire.port];
  const programs: Program[] = [];
  for (let from = 0; from < nodes.length; from += nodesTogether) {
    const name = `devices-${from / nodesTogether + 1}`;
    const together = nodes.slice(from, from + nodesTogether).map(({ nodeId, userName, key }, index) => ({
      ...{ node_id: nodeId, user_name: userName, key, ports, version: index % 2 === 0 ? 5 : 4 },
      // One of them is away for long.
      ...{ stay_seconds: 6, away_seconds: index === nodesTogether - 1 ? 8 : 1.5 },
    }));
    const file = path.join(directory, `${name}.json`);
    await writeFile(file, JSON.stringify({ directory, nodes: together }));
    const environment = { PYTHONDONTWRITEBYTECODE: '1' };
    programs.push(runProgram({ name, command: [python, program, file], environment, directory: site.logs }));
  }
  return {
    ...{ nodeIds: nodes.map(({ nodeId }) => nodeId), directory, programs },
    settleDown: () => writeFile(path.join(directory, 'calm'), ''),
    stop: async () => void (await Promise.all(programs.map((one) => one.stop()))),
  };
};
