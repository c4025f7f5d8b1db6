/** A simulated node: where it hangs, how it writes times, and what it says. */
import { type SensorType, sensorTypes } from '@plenum/ceiling';
import { formatTimeUs } from '@plenum/event';
import { below, type Numbers } from './random.ts';

/** Devices of the field write times in one of these ways; `naive` is the usual one. */
type TimeStyle = 'naive' | 'zulu' | 'offset';

export type SimulatedNode = {
  readonly id: string;
  readonly location: { readonly x: number; readonly y: number; readonly z: number; readonly zone: string };
  readonly firmware: string;
  readonly timeStyle: TimeStyle;
};

const firmwares = ['1.0.0', '1.2.0', '1.2.1', '2.0.0-rc1'] as const;
const timeStyles: readonly TimeStyle[] = [
  'naive',
  'naive',
  'naive',
  'naive',
  'naive',
  'naive',
  'naive',
  'zulu',
  'zulu',
  'offset',
];

/** Nodes hang in rows of twenty, 2.4 m apart. */
const perRow = 20;
const spacingMm = 2_400;
const heightMm = 2_700;

export const simulatedNode = (numbers: Numbers, index: number): SimulatedNode => ({
  id: `ceiling_node_${String(index + 1).padStart(3, '0')}`,
  location: {
    x: (index % perRow) * spacingMm,
    y: Math.floor(index / perRow) * spacingMm,
    z: heightMm,
    zone: `zone-${String.fromCharCode(65 + (Math.floor(index / perRow) % 26))}`,
  },
  firmware: firmwares[below(numbers, firmwares.length)] ?? firmwares[0],
  timeStyle: timeStyles[index % timeStyles.length] ?? 'naive',
});

/**
 * A time as this node writes it: without a zone (UTC is meant; the microseconds are left out when they are zero, as
 * Python does), with `Z`, or with the offset of Belgrade in winter.
 */
export const writtenTime = (style: TimeStyle, timeUs: number): string => {
  if (style === 'zulu') return formatTimeUs(timeUs);
  if (style === 'offset') return `${formatTimeUs(timeUs + 3_600_000_000).slice(0, -1)}+01:00`;
  const naive = formatTimeUs(timeUs).slice(0, -1);
  return naive.endsWith('.000000') ? naive.slice(0, -7) : naive;
};

/** What a sensor type measures: its unit as the devices write it, where it starts, how far it moves at once. */
type Quantity = {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly whole?: true;
};

const quantities: Readonly<Record<SensorType, Quantity>> = {
  temperature: { unit: '°C', min: 16, max: 30, step: 0.2 },
  humidity: { unit: '%', min: 0, max: 100, step: 0.5 },
  light_level: { unit: 'lux', min: 0, max: 1_200, step: 20 },
  occupancy: { unit: 'boolean', min: 0, max: 1, step: 1, whole: true },
  vibration: { unit: 'units', min: 0, max: 1, step: 0.02 },
  sound_level: { unit: 'units', min: 20, max: 100, step: 2 },
  air_quality: { unit: 'units', min: 0, max: 300, step: 4 },
  energy_consumption: { unit: 'W', min: 0, max: 120, step: 3 },
  panel_status: { unit: 'units', min: 0, max: 3, step: 1, whole: true },
};

export const unitOf = (type: SensorType): string => quantities[type].unit;

/** The value of every sensor of every node; each moves a little whenever it is measured and stays in its range. */
export const measuredValues = (numbers: Numbers, nodes: number): ((node: number, sensor: number) => number) => {
  const values = Float64Array.from({ length: nodes * sensorTypes.length }, (_, index) => {
    const { min, max } = quantityAt(index % sensorTypes.length);
    return min + numbers() * (max - min);
  });
  return (node, sensor) => {
    const at = node * sensorTypes.length + sensor;
    const { min, max, step, whole } = quantityAt(sensor);
    const moved = (values[at] ?? min) + (numbers() * 2 - 1) * step;
    values[at] = Math.min(Math.max(moved, min), max);
    return whole ? Math.round(values[at] ?? min) : Math.round((values[at] ?? min) * 1_000) / 1_000;
  };
};

const quantityAt = (sensor: number): Quantity => quantities[sensorTypes[sensor] ?? 'temperature'];
