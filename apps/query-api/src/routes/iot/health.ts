/**
 * `/health` as the replaced fibre server answered, and as load balancers ask. Its clients ask below `/api`, which its proxy
 * took away again, so it is there too.
 */
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox';
import { beforeDeadline, TransientFailure } from '@plenum/runtime';
import type { CheckpointReads } from '../../consumers/checkpoints.ts';
import { onceASecond } from '../../conventions/once-a-second.ts';

export const oldHealthRoutes =
  ({ checkpoints }: { readonly checkpoints: Pick<CheckpointReads, 'ping'> }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const ping = onceASecond(() => beforeDeadline(checkpoints.ping(), 2_000));
    app.get(
      '/health',
      {
        config: { access: 'public', budget: 'probes' },
        schema: {
          tags: ['replaced system'],
          summary: 'Whether the database answers',
          response: {
            200: Type.Object({ status: Type.Literal('ok'), db: Type.Literal(true) }),
            503: Type.Object({ status: Type.Literal('error'), db: Type.Literal(false) }),
          },
        },
      },
      async (_, reply) => {
        try {
          await ping();
          return { status: 'ok' as const, db: true as const };
        } catch (error) {
          if (!(error instanceof TransientFailure)) throw error;
          return reply.code(503).send({ status: 'error', db: false });
        }
      },
    );
  };
