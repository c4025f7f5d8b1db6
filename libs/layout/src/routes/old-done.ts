/** Commands for clients that expect what they changed to be there when they are answered. */
import type { NotDone, Receipt } from '@plenum/event';
import { Problem, refusedProblem } from '@plenum/http';
import type { CalculationShown } from '../calculations/reads.ts';
import type { ProjectShown } from '../projects/reads.ts';
import type { LayoutServices } from '../services.ts';
import { ofCeilings } from './ceilings.ts';

export const notDoneProblem = (notDone: NotDone): Problem =>
  notDone.outcome === 'refused' ? refusedProblem(notDone) : new Problem('conflict', 'It was changed meanwhile.');

const waitMs = 5_000;

/**
 * The project once what is read shows what was decided; `undefined` where that takes too long. It is decided all the same.
 * @throws Problem where it was not.
 */
export const shownProject = async (
  { reads, shownVersion, untilShown }: LayoutServices,
  done: Receipt | NotDone,
): Promise<ProjectShown | undefined> => {
  if (done.outcome !== 'done') throw notDoneProblem(done);
  const { id, stream, version } = done;
  const isShown = await untilShown(
    async () => ((await shownVersion({ projection: ofCeilings.projection, stream })) ?? 0) >= version,
    waitMs,
  );
  return isShown ? reads.ceilingProjects.byId(id) : undefined;
};

/** The same of a calculation, which another table shows. */
export const shownCalculationRow = async (
  { reads: { ceilingCalculations }, untilShown }: LayoutServices,
  id: string,
): Promise<CalculationShown | undefined> => {
  let row: CalculationShown | undefined;
  await untilShown(async () => {
    row = await ceilingCalculations.byId(id);
    return row !== undefined;
  }, waitMs);
  return row;
};
