/** The words of ceiling sensor networks, as devices have always sent them. */

export const sensorTypes = [
  'temperature',
  'humidity',
  'light_level',
  'occupancy',
  'vibration',
  'sound_level',
  'air_quality',
  'energy_consumption',
  'panel_status',
] as const;
export type SensorType = (typeof sensorTypes)[number];

export const nodeStatuses = ['online', 'offline', 'maintenance', 'error'] as const;
export type NodeStatus = (typeof nodeStatuses)[number];

/** What a node may say of a command. */
export const responseOutcomes = ['executing', 'succeeded', 'failed'] as const;
export type ResponseOutcome = (typeof responseOutcomes)[number];

const knownTypes: ReadonlySet<string> = new Set(sensorTypes);
const knownStatuses: ReadonlySet<string> = new Set(nodeStatuses);

export const isSensorType = (text: string): text is SensorType => knownTypes.has(text);
const knownOutcomes: ReadonlySet<string> = new Set(responseOutcomes);
export const isResponseOutcome = (text: string): text is ResponseOutcome => knownOutcomes.has(text);
export const isNodeStatus = (text: string): text is NodeStatus => knownStatuses.has(text);

/** `ceiling_node_001` of `ceiling_node_001_temperature`; `undefined` when the id does not end in its type. */
export const nodeOfSensor = (sensorId: string, sensorType: string): string | undefined => {
  const suffix = `_${sensorType}`;
  return sensorId.length > suffix.length && sensorId.endsWith(suffix) ? sensorId.slice(0, -suffix.length) : undefined;
};

/** The same when the type is not known: whichever of the nine it ends in. */
export const nodeNamedBySensor = (sensorId: string): string | undefined => {
  for (const type of sensorTypes) {
    const node = nodeOfSensor(sensorId, type);
    if (node !== undefined) return node;
  }
  return undefined;
};
