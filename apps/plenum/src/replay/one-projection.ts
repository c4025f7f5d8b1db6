import { projections } from '@plenum/catalogue';
import type { Projection } from '@plenum/read-model';
import { UsageError } from '../command-line/command.ts';

/** The projection that a command is told the name of. @throws UsageError when there is no such. */
export const projectionCalled = (name: string): Projection => {
  const found = projections.find((one) => one.name === name);
  if (found !== undefined) return found;
  throw new UsageError(
    `there is no projection "${name}"; there are ${projections.map((projection) => projection.name).join(', ')}`,
  );
};
