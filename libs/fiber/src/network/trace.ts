/** A trace as clients of the replaced fibre server get it: one way from a port, with what it loses and how long it is. */
import { layers } from '../vocabulary/layers.ts';
import { type LossSettings, lengthOf, lossDefaults, splitterLoss } from './budget.ts';
import type { Network } from './network.ts';
import type { Segment } from './steps.ts';
import type { Way } from './ways.ts';

export type TraceStatus = 'complete' | 'open' | 'loop' | 'branches' | 'ambiguous';

export type PathSegment =
  | {
      readonly type: 'patch';
      readonly element_fid: number;
      readonly port_number: number;
      readonly cable_fid?: number;
      readonly fiber_number?: number;
      readonly status: string;
    }
  | {
      readonly type: 'cable';
      readonly cable_layer_id: string;
      readonly cable_fid: number;
      readonly fiber_number: number;
    }
  | {
      readonly type: 'splice';
      readonly splice_id: number;
      readonly loss_db: number | null;
      readonly status: string;
    }
  | {
      readonly type: 'splitter';
      readonly element_fid: number;
      readonly from_port: number;
      readonly to_port: number;
      readonly loss_db: number;
    };

/** Its first port is called that of the OLT, and its last that of the ONU, whichever they are. */
export type FiberPath = {
  readonly id: 0;
  readonly path_name: string;
  readonly olt_element_fid: number;
  readonly olt_port_number: number;
  readonly onu_element_fid: number | null;
  readonly onu_port_number: number | null;
  /** Of splices and splitters, as far as they are known: what was measured, and no assumption. Three decimals. */
  readonly total_loss_db: number;
  /** One decimal. */
  readonly total_length_m: number;
  readonly status: 'traced';
  readonly path_segments: readonly PathSegment[];
};

export const statusOf = ({ end }: Way): TraceStatus => {
  switch (end.end) {
    case 'port':
      return 'complete';
    case 'loop':
    case 'branches':
    case 'ambiguous':
      return end.end;
    case 'fiber':
    case 'unused':
      return 'open';
  }
};

/** A cable's layer is called as in packages, whatever a client called it. `settings`: what a splitter loses. */
export const pathOf = (
  network: Network,
  way: Way,
  { splitter }: Pick<LossSettings, 'splitter'> = lossDefaults,
): FiberPath => {
  const first = way.segments[0];
  if (first?.kind !== 'patch') throw new Error('a way begins at a port');
  const segments = way.segments.map((segment) => pathSegment(network, segment, splitter));
  const { element, port } = first.patch;
  const far = way.end.end === 'port' ? way.end : undefined;
  const arrow = far === undefined ? '' : ` \u2192 Port ${far.element}/${far.port}`;
  return {
    id: 0,
    path_name: `Port ${element}/${port}${arrow}`,
    olt_element_fid: element,
    olt_port_number: port,
    onu_element_fid: far?.element ?? null,
    onu_port_number: far?.port ?? null,
    total_loss_db: rounded(
      segments.reduce((sum, one) => sum + ('loss_db' in one ? (one.loss_db ?? 0) : 0), 0),
      3,
    ),
    total_length_m: rounded(lengthOf(network, way.segments).lengthM, 1),
    status: 'traced',
    path_segments: segments,
  };
};

const pathSegment = (network: Network, segment: Segment, losses: LossSettings['splitter']): PathSegment => {
  switch (segment.kind) {
    case 'patch': {
      const { element: element_fid, port: port_number, fiber, status } = segment.patch;
      const behind = fiber && { cable_fid: fiber.cable.id, fiber_number: fiber.number };
      return { type: 'patch', element_fid, port_number, ...behind, status };
    }
    case 'cable': {
      const { cable, number: fiber_number } = segment.fiber;
      return { type: 'cable', cable_layer_id: layers[cable.layer].packageName, cable_fid: cable.id, fiber_number };
    }
    case 'splice': {
      const { id: splice_id, lossDb, status } = segment.splice;
      return { type: 'splice', splice_id, loss_db: lossDb ?? null, status };
    }
    case 'splitter': {
      const { element: element_fid, from: from_port, to: to_port } = segment;
      const loss_db = splitterLoss(losses, network.splitter(element_fid)?.outputs ?? 2);
      return { type: 'splitter', element_fid, from_port, to_port, loss_db };
    }
  }
};

const rounded = (value: number, decimals: number): number => Number(value.toFixed(decimals));
