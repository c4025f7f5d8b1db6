/** While the API closes, answers still under way say so: a kept connection would hold the process for its time-out. */
import type { FastifyInstance } from 'fastify';

export const closeConnectionsWhileDraining = (app: FastifyInstance): void => {
  let draining = false;
  app.addHook('preClose', async () => {
    draining = true;
  });
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) reply.header('connection', 'close');
    done();
  });
};
