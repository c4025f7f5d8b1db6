/**
 * `/health` as the replaced fibre server answered, and as load balancers ask. Its clients ask below `/api`, which its proxy
 * took away again, so it is there too.
 */
import { answer, defineRoute, type Route } from '@plenum/http';
import { beforeDeadline, TransientFailure } from '@plenum/runtime';
import { Type } from 'typebox';
import type { CheckpointReads } from '../../consumers/checkpoints.ts';
import { onceASecond } from '../../conventions/once-a-second.ts';

type OldHealthParts = { readonly reads: { readonly checkpoints: Pick<CheckpointReads, 'ping'> } };

export const oldHealthRoutes = ({ reads: { checkpoints } }: OldHealthParts): readonly Route[] => {
  const ping = onceASecond(() => beforeDeadline(checkpoints.ping(), 2_000));
  return ['', '/api'].map((base) => oldHealthRoute(base, ping));
};

const oldHealthRoute = (base: string, ping: () => Promise<void>) =>
  defineRoute({
    operationId: base === '' ? 'fibreHealth' : 'fibreHealthBelowApi',
    method: 'GET',
    base,
    path: '/health',
    access: 'public',
    budget: 'probes',
    tags: ['replaced system'],
    summary: 'Whether the database answers',
    answers: {
      200: Type.Object({ status: Type.Literal('ok'), db: Type.Literal(true) }, { title: 'FibreHealth' }),
      503: Type.Object({ status: Type.Literal('error'), db: Type.Literal(false) }, { title: 'FibreNoHealth' }),
    },
    handle: async () => {
      try {
        await ping();
        return { status: 'ok' as const, db: true as const };
      } catch (error) {
        if (!(error instanceof TransientFailure)) throw error;
        return answer({ status: 'error', db: false }, { status: 503 });
      }
    },
  });
