/** One broker of a local cluster: its folder, its settings and its process. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BrokerSettings, brokerProperties, clusterId } from './broker-settings.ts';
import { type Jvm, jvmFlags, runJava, startJvm } from './jvm.ts';

export type NodeSettings = Omit<BrokerSettings, 'dataDirectory'> & {
  readonly directory: string;
  readonly java: string;
  readonly jars: string;
  readonly life: 'with us' | 'stays';
};

export const nodeDirectory = (dataDir: string, node: number): string => path.join(dataDir, `node-${node}`);

const propertiesIn = (directory: string): string => path.join(directory, 'server.properties');

/** Writes the settings, and formats the data folder the first time. */
export const prepareNode = async (settings: NodeSettings): Promise<void> => {
  const { directory, java, jars, secured } = settings;
  const dataDirectory = path.join(directory, 'data');
  await mkdir(directory, { recursive: true });
  await writeFile(propertiesIn(directory), brokerProperties({ ...settings, dataDirectory }));
  const formatted = await stat(path.join(dataDirectory, 'meta.properties')).catch(() => undefined);
  if (formatted !== undefined) return;
  const tool = [
    '-cp',
    `${jars}/*`,
    'kafka.tools.StorageTool',
    'format',
    '-t',
    clusterId,
    '-c',
    propertiesIn(directory),
  ];
  await runJava(java, [...jvmFlags, ...tool, ...(secured?.formatArgs ?? [])]);
};

export const startNode = ({ directory, java, jars, life }: NodeSettings): Promise<Jvm> =>
  startJvm({
    java,
    args: [
      ...jvmFlags,
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
      ...['-cp', `${jars}/*`, 'kafka.Kafka', propertiesIn(directory)],
    ],
    directory,
    life,
  });
