import { type Command, command } from '@plenum/event';
import { calculationStream } from '../streams.ts';
import { type CalculationCommand, calculation } from './calculation.ts';

/** The layout of a ceiling, kept under a new id. */
export const keepCalculation = (data: CalculationCommand): Command =>
  command({
    ...{ name: 'layout.keep-calculation', stream: calculationStream(data.calculationId) },
    ...{ newId: true, decider: calculation, data },
  });
