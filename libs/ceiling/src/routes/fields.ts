/** Words that the schemas of several of these routes are made of. */
import { identifier, oneOf, Problem } from '@plenum/http';
import { Type } from 'typebox';
import type { SensorFilter } from '../readings/reads.ts';
import { nodeStatuses, sensorTypes } from '../vocabulary.ts';

export const sensorType = oneOf(sensorTypes, { description: 'Only sensors of this type.' });
export const nodeStatus = oneOf(nodeStatuses, { description: 'Only nodes that last reported this.' });

export const sensorFilterFields = {
  sensor: Type.Optional(identifier('Only this sensor.')),
  node: Type.Optional(identifier('Only sensors of this node: those its id names, and those it claims.')),
  type: Type.Optional(sensorType),
};

export const orderField = oneOf(['asc', 'desc'], { default: 'desc', description: 'By time; the newest first.' });

/** @throws Problem when nothing says which sensors. */
export const sensorFilterOf = ({ sensor, node, type }: SensorFilter): SensorFilter => {
  if (sensor === undefined && node === undefined && type === undefined) {
    throw new Problem('validation', 'querystring: say which readings, by sensor, node or type.');
  }
  return { sensor, node, type };
};
