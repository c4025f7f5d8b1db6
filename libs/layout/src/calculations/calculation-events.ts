import { defineEvent } from '@plenum/event';
import { type CalculationKeptV1, calculationKeptV1 } from '../generated/schemas.ts';
import { layoutDecisionsTopic } from '../topics.ts';

export const CalculationKept = defineEvent<CalculationKeptV1>()({
  topic: layoutDecisionsTopic.name,
  key: ({ calculation_id }) => calculation_id,
  schemas: [calculationKeptV1],
});
