/** What routes of the replaced API server have alike. New clients use `/api/v1/ceilings` and `/api/v1/layouts`. */
import { asOldApiFailure, oldApiFailures } from '@plenum/http';
import { type TSchema, Type } from 'typebox';
import { ceilingLimits } from '../ceiling/ceiling-input.ts';
import { strategies } from '../strategies.ts';

export const reading = {
  access: { permission: 'read:projects' },
  tags: ['replaced system'],
  failures: asOldApiFailure,
} as const;

export const writing = { ...reading, access: { permission: 'write:projects' } } as const;

/** What that server took for granted; the building server and the command line have always taken 200. */
export const oldDefaults = { panel_gap_mm: 50 } as const;

export const failing = oldApiFailures(404);
export const failingWithBody = oldApiFailures(404, 409, 413, 415, 422);
/** Of what a key may be given with and a body may not. */
export const failingWithKey = oldApiFailures(404, 409, 422);

/** `{success, data}`. */
export const enveloped = <Data extends TSchema>(title: string, data: Data) =>
  Type.Object({ success: Type.Literal(true), data }, { title });

/** The same where there is more to say. */
export const envelopedWith = <Data extends TSchema, Meta extends TSchema>(title: string, data: Data, meta: Meta) =>
  Type.Object({ success: Type.Literal(true), data, meta }, { title });

const { dimension_mm, gap_mm, aspect_ratio } = ceilingLimits;
const within = ({ min, max }: { readonly min: number; readonly max: number }) =>
  Type.Number({ minimum: min, maximum: max });

export const dimensions = Type.Object({ length_mm: within(dimension_mm), width_mm: within(dimension_mm) });

export const spacing = Type.Object({
  perimeter_gap_mm: Type.Optional(within(gap_mm)),
  panel_gap_mm: Type.Optional(within(gap_mm)),
});

export const constraints = Type.Object({ target_aspect_ratio: Type.Optional(within(aspect_ratio)) });

export const materialId = Type.String({ maxLength: 200, description: 'See `GET /api/v1/materials`.' });

export const strategyAsked = Type.Optional(Type.String({ maxLength: 50, description: strategies.join(', ') }));

export const shownSpacing = Type.Object({ perimeter_gap_mm: Type.Number(), panel_gap_mm: Type.Number() });
export const shownDimensions = Type.Object({ length_mm: Type.Number(), width_mm: Type.Number() });

/** To four decimals, as areas were shown there. */
export const rounded = (area: number): number => Math.round(area * 10_000) / 10_000;
