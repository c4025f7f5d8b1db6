/** What is in an export takes a permission of its own. */
import { allows } from '@plenum/access';
import type { ExportKind } from '@plenum/domain';
import { type Asked, actorOf, Problem } from '@plenum/http';

/** @throws Problem */
export const expectAllowed = ({ kind, permission }: ExportKind, asked: Pick<Asked, 'identity'>): void => {
  if (allows(actorOf(asked).permissions, permission)) return;
  throw new Problem('forbidden', `Exports of ${kind} take ${permission}.`);
};
