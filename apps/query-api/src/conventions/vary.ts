/** `Vary`, which several have something to say to. */
import type { FastifyReply } from 'fastify';

export const addVary = (reply: FastifyReply, name: string): void => {
  const given = reply.getHeader('vary');
  if (given === undefined) return void reply.header('vary', name);
  const names = [given].flat().join(', ');
  if (
    !names
      .toLowerCase()
      .split(/\s*,\s*/)
      .includes(name.toLowerCase())
  )
    reply.header('vary', `${names}, ${name}`);
};
